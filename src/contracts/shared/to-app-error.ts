import { HttpException } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { isUnavailable } from '../../common/database-failures.js';
import type { ErrorCode } from '../../common/error-catalogue.js';

/** Errors that the HTTP framework raises before a handler runs, by their code. */
const FRAMEWORK_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'unsupported_media_type',
  FST_REQ_FILE_TOO_LARGE: 'avatar_too_large',
  FST_PARTS_LIMIT: 'malformed_request',
  FST_FILES_LIMIT: 'malformed_request',
  FST_FIELDS_LIMIT: 'malformed_request',
  FST_INVALID_JSON_FIELD_ERROR: 'malformed_request',
};

const STATUS_CODES: Record<number, ErrorCode> = {
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  503: 'service_unavailable',
};

/** Converts any thrown value to an error with a code; an unexpected one becomes `internal_error`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? FRAMEWORK_CODES[code] : undefined;
  if (known) return new AppError(known, { cause: thrown });
  if (isUnavailable(thrown)) return unavailable(thrown);
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusCode;
  if (typeof status !== 'number' || status >= 500) {
    return new AppError(status === 503 ? 'service_unavailable' : 'internal_error', { cause: thrown });
  }
  return new AppError(STATUS_CODES[status] ?? 'malformed_request', { cause: thrown });
}

function unavailable(cause: unknown): AppError {
  return new AppError('service_unavailable', { retryAfterSeconds: 2, cause });
}

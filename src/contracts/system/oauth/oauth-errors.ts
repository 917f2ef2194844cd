import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../common/error-catalogue.js';
import type { ErrorRenderer, ErrorResponse } from '../../shared/contract.js';
import type { JsonSchema } from '../../shared/docs/schemas.js';

class OAuthErrorDto {
  @ApiProperty({ example: 'invalid_client', description: 'RFC 6749 §5.2: decide by this code' })
  error: string;

  @ApiPropertyOptional({ example: 'The client is unknown, or its credential is wrong' })
  error_description?: string;

  @ApiProperty({
    example: 'invalid_client',
    description: 'The code that Gatehouse has for it at every contract',
  })
  code: string;
}

const NAMES: Partial<Record<ErrorCode, string>> = {
  invalid_client: 'invalid_client',
  unsupported_grant_type: 'unsupported_grant_type',
  invalid_scope: 'invalid_scope',
  invalid_target: 'invalid_target',
  too_many_attempts: 'temporarily_unavailable',
  rate_limit_exceeded: 'temporarily_unavailable',
  service_unavailable: 'temporarily_unavailable',
  internal_error: 'server_error',
};

const nameOf = (code: ErrorCode): string => NAMES[code] ?? 'invalid_request';
/** RFC 6749 §5.2: what `error_description` must not include. */
const FORBIDDEN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** RFC 6749 §5.2: the error format of the paths below `/oauth`, whatever raised the error. */
class OAuthErrors implements ErrorRenderer {
  readonly mediaType = 'application/json';
  readonly schema = OAuthErrorDto;
  readonly exampleSuffix = '_oauth';

  narrow(codes: readonly ErrorCode[]): JsonSchema {
    const properties = {
      error: { type: 'string', enum: [...new Set(codes.map(nameOf))] },
      code: { type: 'string', enum: [...codes] },
    };
    return { type: 'object', required: ['error', 'code'], properties };
  }

  render({ error }: ErrorResponse): object {
    const description = error.printDetail() ?? ERROR_CATALOGUE[error.code].title;
    const { code } = error;
    return { error: nameOf(code), error_description: description.replace(FORBIDDEN, ''), code };
  }
}

/** Paths that do not speak the dialect of a contract. */
export const OAUTH_PATHS = { basePath: '/oauth', renderer: new OAuthErrors() } as const;

import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';

/** For `@RouteConfig`: the one kind of handler that reads something other than JSON. */
export const MULTIPART = { consumes: 'multipart/form-data' } as const;

/** One byte more than fits, so that the room that reads it can tell too large from exactly full. */
export const MAX_UPLOAD_BYTES = 2 * 1024 * 1024 + 1;

/** The bytes of the first file part, whatever its name. */
export async function readUpload(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart())
    throw new AppError('unsupported_media_type', { detail: 'Send multipart/form-data.' });
  const part: MultipartFile | undefined = await request.file();
  if (!part) {
    throw new AppError('validation_failed', {
      errors: [{ pointer: '#/file', code: 'is_not_empty', detail: 'Send one file part.' }],
    });
  }
  return part.toBuffer();
}

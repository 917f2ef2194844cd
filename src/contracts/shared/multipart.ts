import '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';

/** For `@RouteConfig`: the one kind of handler that reads something other than JSON. */
export const MULTIPART = { consumes: 'multipart/form-data' } as const;

/** One byte more than fits, so that the room that reads it can tell too large from exactly full. */
export const MAX_UPLOAD_BYTES = 2 * 1024 * 1024 + 1;

/** The bytes of the first file part, whatever its name. */
export async function readUpload(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart()) {
    throw new AppError('unsupported_media_type', { detail: 'Send multipart/form-data.' });
  }
  const bytes = await readFirstFile(request);
  if (bytes) return bytes;
  throw new AppError('validation_failed', {
    errors: [{ pointer: '#/file', code: 'is_not_empty', detail: 'Send one file part.' }],
  });
}

async function readFirstFile(request: FastifyRequest): Promise<Buffer | undefined> {
  try {
    const part = await request.file();
    return await part?.toBuffer();
  } catch (cause) {
    // The parser tells of limits by a code, of a body that is no multipart in words only
    if ((cause as { code?: string }).code) throw cause;
    throw new AppError('malformed_request', { detail: 'The multipart body cannot be read.', cause });
  }
}

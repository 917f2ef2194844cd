import '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';

/** For `@RouteConfig`: the handler accepts a multipart upload instead of JSON. */
export const MULTIPART = { consumes: 'multipart/form-data' } as const;

/** One byte above the limit, so that the module that reads the file can distinguish too large from exactly full. */
export const MAX_UPLOAD_BYTES = 2 * 1024 * 1024 + 1;

/** Returns the bytes of the first file part, whatever its name. */
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
    // The parser reports exceeded limits by a code, and a malformed body by a message only
    if ((cause as { code?: string }).code) throw cause;
    throw new AppError('malformed_request', { detail: 'The multipart body cannot be read.', cause });
  }
}

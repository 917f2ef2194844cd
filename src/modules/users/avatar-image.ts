import pLimit from 'p-limit';
import { AvatarInvalid, AvatarQueueFull, AvatarTooLarge } from './users.errors.js';

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_PIXELS = 24_000_000;
const MAX_SIDE = 512;
const TIMEOUT_SECONDS = 10;

/**
 * A decoded image is many times the size of its file: decoding one at a time bounds memory and leaves the thread pool
 * to password hashing.
 */
const oneAtATime = pLimit(1);
/** Each waiting upload holds its file of at most MAX_BYTES in memory. */
const MAX_WAITING = 20;

let decoder: ReturnType<typeof loadSharp> | undefined;

/**
 * Decodes a PNG, JPEG or WebP by its content, never by a name or declared type, and encodes a new JPEG of at most 512 ×
 * 512: upright, on white, without metadata, of the first frame. No input byte is copied to the output. Throws
 * AvatarTooLarge above 2 MiB, AvatarInvalid if the image does not decode completely within 24 megapixels, and
 * AvatarQueueFull if too many uploads wait already.
 */
export async function encodeAvatar(bytes: Buffer): Promise<Buffer> {
  if (bytes.length > MAX_BYTES) throw new AvatarTooLarge();
  if (oneAtATime.activeCount + oneAtATime.pendingCount > MAX_WAITING) throw new AvatarQueueFull();
  return oneAtATime(() => encode(bytes)).catch((error: unknown) => {
    throw new AvatarInvalid(error);
  });
}

async function encode(bytes: Buffer): Promise<Buffer> {
  const sharp = await (decoder ??= loadSharp());
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1, autoOrient: true })
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg({ quality: 85 })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .toBuffer();
}

/** Disables all other decoders: an upload cannot reach them, whatever its format. */
async function loadSharp() {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  return sharp;
}

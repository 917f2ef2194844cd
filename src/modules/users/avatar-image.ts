import pLimit from 'p-limit';
import { AvatarInvalid, AvatarQueueFull, AvatarTooLarge } from './users.errors.js';

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_PIXELS = 24_000_000;
const MAX_SIDE = 512;
const TIMEOUT_SECONDS = 10;

/** A decoded image is many times its file: one at a time bounds memory and leaves the thread pool to hashing. */
const oneAtATime = pLimit(1);
/** Each waits with its file, of at most MAX_BYTES. */
const MAX_WAITING = 20;

let decoder: ReturnType<typeof loadSharp> | undefined;

/**
 * Decodes a PNG, JPEG or WebP by what it holds, never by a name or declared type, and writes a new JPEG of at most
 * 512 × 512: upright, on white, without metadata, of the first frame. Nothing of the given bytes survives.
 * Throws AvatarTooLarge above 2 MiB, AvatarInvalid for anything that does not decode whole within 24 megapixels, and
 * AvatarQueueFull where too many wait already.
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

/** No other decoder is within reach of an upload, whatever the file claims to be. */
async function loadSharp() {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  return sharp;
}

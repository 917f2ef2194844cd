import { randomBytes } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';
import { encodeAvatar } from './avatar-image.js';

const picture = (width: number, height: number, background: string | object = '#3366cc'): Sharp =>
  sharp({ create: { width, height, channels: 4, background: background as string } });

const RED = { r: 255, g: 0, b: 0, alpha: 1 };

/** Left half red, right half blue, so that a rotation is visible. */
const twoHalves = (): Sharp =>
  picture(40, 20, '#0000ff').composite([
    { input: { create: { width: 20, height: 20, channels: 4, background: RED } }, left: 0, top: 0 },
  ]);

async function pixel(image: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + 3)];
}

const code = (bytes: Buffer): Promise<string> =>
  encodeAvatar(bytes).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  );

describe('encodeAvatar', () => {
  it.each([
    ['png', () => picture(800, 600).png().toBuffer()],
    ['jpeg', () => picture(800, 600).jpeg().toBuffer()],
    ['webp', () => picture(800, 600).webp().toBuffer()],
    ['16-bit png', () => picture(800, 600).toColourspace('rgb16').png().toBuffer()],
    ['grey png', () => picture(800, 600).greyscale().png().toBuffer()],
    ['CMYK jpeg', () => picture(800, 600).toColourspace('cmyk').jpeg().toBuffer()],
  ])('converts a %s into a JPEG of at most 512 pixels a side', async (_, make) => {
    const { format, width, height, space } = await sharp(await encodeAvatar(await make())).metadata();
    expect({ format, width, height, space }).toEqual({
      format: 'jpeg',
      width: 512,
      height: 384,
      space: 'srgb',
    });
  });

  it('does not enlarge', async () => {
    const { width, height } = await sharp(
      await encodeAvatar(await picture(31, 17).png().toBuffer()),
    ).metadata();
    expect({ width, height }).toEqual({ width: 31, height: 17 });
  });

  it('rotates the picture upright and drops all metadata', async () => {
    const given = await twoHalves()
      .jpeg({ quality: 100 })
      .withExif({ IFD0: { Copyright: 'canary', Make: 'canary' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .withIccProfile('p3')
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect((await sharp(given).metadata()).orientation).toBe(6);

    const encoded = await encodeAvatar(given);
    const { width, height, orientation, exif, icc, xmp } = await sharp(encoded).metadata();
    expect({ width, height }).toEqual({ width: 20, height: 40 });
    expect({ orientation, exif, icc, xmp }).toEqual({});
    expect(encoded.includes('canary')).toBe(false);
    const [topRed = 0, , topBlue = 0] = await pixel(encoded, 10, 4);
    expect(topRed).toBeGreaterThan(200);
    expect(topBlue).toBeLessThan(60);
  });

  it('puts transparency on white', async () => {
    const given = await picture(20, 20, { r: 0, g: 0, b: 0, alpha: 0 }).png().toBuffer();
    expect(await pixel(await encodeAvatar(given), 10, 10)).toEqual([255, 255, 255]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = Buffer.concat([Buffer.alloc(16 * 16 * 3, 255), Buffer.alloc(16 * 16 * 3, 0)]);
    const animated = await sharp(frames, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } })
      .webp({ loop: 0, delay: [100, 100], lossless: true })
      .toBuffer();
    expect((await sharp(animated, { animated: true }).metadata()).pages).toBe(2);

    const encoded = await encodeAvatar(animated);
    expect((await sharp(encoded).metadata()).height).toBe(16);
    expect(await pixel(encoded, 8, 8)).toEqual([255, 255, 255]);
  });

  it('drops data hidden behind the picture', async () => {
    const polyglot = Buffer.concat([
      await picture(20, 20).png().toBuffer(),
      Buffer.from('<script>alert("canary")</script>'),
    ]);
    expect((await encodeAvatar(polyglot)).includes('canary')).toBe(false);
  });

  it.each([
    ['a GIF', () => picture(20, 20).gif().toBuffer()],
    ['a TIFF', () => picture(20, 20).tiff().toBuffer()],
    ['an AVIF', () => picture(20, 20).avif().toBuffer()],
    [
      'an SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'),
    ],
    ['HTML', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    [
      'HTML before a PNG',
      async () => Buffer.concat([Buffer.from('<b>'), await picture(9, 9).png().toBuffer()]),
    ],
    ['the magic bytes of a PNG alone', () => Buffer.from('89504e470d0a1a0a', 'hex')],
    [
      'the magic bytes of a JPEG before noise',
      () => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(999)]),
    ],
    ['noise', () => randomBytes(4096)],
    ['nothing', () => Buffer.alloc(0)],
    ['more than 24 megapixels in a small file', () => picture(6000, 4001, '#fff').png().toBuffer()],
  ])('refuses %s', async (_, make) => {
    expect(await code(await make())).toBe('avatar_invalid');
  });

  it.each(['png', 'jpeg', 'webp'] as const)('refuses a truncated %s', async (format) => {
    const noise = sharp(randomBytes(200 * 200 * 3), { raw: { width: 200, height: 200, channels: 3 } });
    const whole = await noise.toFormat(format).toBuffer();
    expect(await code(whole)).toBe('accepted');
    expect(await code(whole.subarray(0, whole.length / 2))).toBe('avatar_invalid');
  });

  it('queues twenty behind the one being decoded, and refuses the rest of a burst', async () => {
    const image = await picture(200, 200).png().toBuffer();
    const codes = await Promise.all(Array.from({ length: 40 }, () => code(image)));
    expect(codes.filter((one) => one === 'accepted')).toHaveLength(21);
    expect(codes.filter((one) => one === 'service_unavailable')).toHaveLength(19);
    expect(await code(image)).toBe('accepted');
  });

  it('accepts 2 MiB and refuses one byte more before decoding it', async () => {
    const image = await picture(20, 20).png().toBuffer();
    const padded = (size: number) => Buffer.concat([image, Buffer.alloc(size - image.length)]);

    expect(await code(padded(2 * 1024 * 1024))).toBe('accepted');
    expect(await code(padded(2 * 1024 * 1024 + 1))).toBe('avatar_too_large');
  });
});

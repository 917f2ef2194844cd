import { matchStep, newSeed, otpauthUri, stepAt, toBase32 } from './totp.js';

/** RFC 6238, appendix B, the rows of SHA-1: seconds, and the eight digits whose last six are the code here. */
const RFC_SEED = toBase32(Buffer.from('12345678901234567890'));
const RFC_VECTORS: [seconds: number, code: string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
];

const STEP = 30;
const at = (seconds: number): Date => new Date(seconds * 1000);

describe('a seed', () => {
  it('is 160 random bits in base32', () => {
    const seeds = Array.from({ length: 100 }, newSeed);
    for (const seed of seeds) expect(seed).toMatch(/^[A-Z2-7]{32}$/);
    expect(new Set(seeds).size).toBe(100);
  });

  it('is written as in RFC 4648', () => {
    expect(RFC_SEED).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(toBase32(Buffer.from('fooba'))).toBe('MZXW6YTB');
    expect(toBase32(Buffer.alloc(5, 0xff))).toBe('77777777');
  });
});

describe('a code', () => {
  it.each(RFC_VECTORS)('of RFC 6238 at %d s is accepted for its step', (seconds, digits) => {
    expect(matchStep(RFC_SEED, digits.slice(2), at(seconds), STEP)).toBe(Math.floor(seconds / 30));
  });

  it.each(RFC_VECTORS)(
    'of %d s is accepted one step early or late, as the step it is of',
    (seconds, digits) => {
      const step = stepAt(at(seconds), STEP);
      for (const shift of [-30, 30]) {
        expect(matchStep(RFC_SEED, digits.slice(2), at(seconds + shift), STEP)).toBe(step);
      }
    },
  );

  it.each(RFC_VECTORS)('of %d s is refused two steps early or late', (seconds, digits) => {
    for (const shift of [-60, 60]) {
      expect(matchStep(RFC_SEED, digits.slice(2), at(seconds + shift), STEP)).toBeNull();
    }
  });

  it('is accepted from the first to the last moment of its three steps', () => {
    const [, digits] = RFC_VECTORS[1] ?? [];
    const code = digits?.slice(2) ?? '';
    const start = Math.floor(1111111109 / 30) * 30;
    expect(matchStep(RFC_SEED, code, at(start - 30), STEP)).not.toBeNull();
    expect(matchStep(RFC_SEED, code, new Date((start + 60) * 1000 - 1), STEP)).not.toBeNull();
    expect(matchStep(RFC_SEED, code, new Date((start - 30) * 1000 - 1), STEP)).toBeNull();
    expect(matchStep(RFC_SEED, code, at(start + 60), STEP)).toBeNull();
  });

  it.each(['', '28708', '2870822', '94287082', 'abcdef', '２８７０８２', '28708\u00b2'])(
    'is six digits, not %j',
    (code) => {
      expect(matchStep(RFC_SEED, code, at(59), STEP)).toBeNull();
    },
  );

  it('is valid for as long as its step', () => {
    const [, digits = ''] = RFC_VECTORS[0] ?? [];
    expect(matchStep(RFC_SEED, digits.slice(2), at(3 * 3600 - 1), 3600)).toBe(1);
    expect(matchStep(RFC_SEED, digits.slice(2), at(3 * 3600), 3600)).toBeNull();
    expect(otpauthUri(RFC_SEED, 'Acme', 'ada@example.com', 3600)).toMatch(/&period=3600$/);
  });

  it('is valid for one seed', () => {
    expect(matchStep(toBase32(Buffer.from('another-seed-another')), '287082', at(59), STEP)).toBeNull();
  });
});

describe('the address in the QR code', () => {
  it('contains issuer and account, and the parameters of the codes', () => {
    expect(otpauthUri(RFC_SEED, 'Acme & Co', 'ada+1@example.com', STEP)).toBe(
      `otpauth://totp/Acme%20%26%20Co:ada%2B1%40example.com?secret=${RFC_SEED}&issuer=Acme%20%26%20Co&algorithm=SHA1&digits=6&period=30`,
    );
  });

  it('escapes names, so that none adds a parameter', () => {
    const uri = new URL(otpauthUri(RFC_SEED, 'A?secret=X', '+919876543210&secret=Y', STEP));
    expect(uri.searchParams.getAll('secret')).toEqual([RFC_SEED]);
  });
});

import { toBase62 } from './base62.js';

describe('toBase62', () => {
  it.each([
    [0n, 1, '0'],
    [9n, 1, '9'],
    [10n, 1, 'A'],
    [35n, 1, 'Z'],
    [36n, 1, 'a'],
    [61n, 1, 'z'],
    [62n, 2, '10'],
    [61n, 4, '000z'],
    [62n ** 6n - 1n, 6, 'zzzzzz'],
    [2n ** 32n - 1n, 6, '4gfFC3'],
  ])('writes %s in %s digits', (value, digits, text) => {
    expect(toBase62(value, digits)).toBe(text);
  });

  it('writes 256 bits in 43 digits, and 32 bits in 6', () => {
    expect(toBase62(2n ** 256n - 1n, 43)).toHaveLength(43);
    expect(() => toBase62(2n ** 256n - 1n, 42)).toThrow(RangeError);
    expect(() => toBase62(2n ** 32n - 1n, 5)).toThrow(RangeError);
  });

  it('rejects negative numbers', () => {
    expect(() => toBase62(-1n, 4)).toThrow(RangeError);
  });
});

import { hashKeyText, isKeyText, newKeyText, resemblesKey } from './key-text.js';

/** Computed with another implementation: the CRC-32 of the 43 digits is 0xAA866F5C. */
const KNOWN = 'sk_live_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg37cCQ0';
const JWT = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjAxOTg4YjZlIn0.eyJzdWIiOiIxIn0.c2ln';

describe('the text of a key', () => {
  const { text, prefix, lastFour, hash } = newKeyText();

  it('is a prefix, 43 random digits and a checksum of 6', () => {
    expect(text).toMatch(/^sk_live_[0-9A-Za-z]{49}$/);
    expect(isKeyText(text)).toBe(true);
  });

  it('is different each time', () => {
    expect(new Set(Array.from({ length: 500 }, () => newKeyText().text)).size).toBe(500);
  });

  it('is recognisable by its beginning and its end, which disclose little of it', () => {
    expect(prefix).toBe(text.slice(0, 11));
    expect(lastFour).toBe(text.slice(-4));
  });

  it('is stored only as a hash', () => {
    expect(hash).toEqual(hashKeyText(text));
    expect(hash).toHaveLength(32);
  });

  it('never changes its checksum: issued keys depend on it', () => {
    expect(isKeyText(KNOWN)).toBe(true);
  });

  it('is recognised as invalid with any one character changed', () => {
    for (let index = 0; index < text.length; index += 1) {
      const other = text[index] === 'x' ? 'y' : 'x';
      expect(isKeyText(text.slice(0, index) + other + text.slice(index + 1))).toBe(false);
    }
  });

  it('is recognised as invalid truncated at either end, or longer', () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(isKeyText(text.slice(0, length))).toBe(false);
      expect(isKeyText(text.slice(text.length - length))).toBe(false);
    }
    for (const longer of [`${text}0`, `${text}\n`, ` ${text}`, `${text} `, `${text}, ${text}`]) {
      expect(isKeyText(longer)).toBe(false);
    }
  });

  it('is recognised as invalid with two neighbours swapped', () => {
    for (let index = 8; index < text.length - 1; index += 1) {
      const swapped = `${text.slice(0, index)}${text[index + 1]}${text[index]}${text.slice(index + 2)}`;
      expect(isKeyText(swapped)).toBe(swapped === text);
    }
  });
});

describe('a text that was meant as a key', () => {
  const { text } = newKeyText();

  it('is any part of one from its beginning, in any letter case', () => {
    for (let length = 1; length <= text.length; length += 1)
      expect(resemblesKey(text.slice(0, length))).toBe(true);
    expect(resemblesKey(text.toUpperCase())).toBe(true);
  });

  it('is one with a character that is wrong, missing, doubled or added, at any position', () => {
    for (let index = 0; index <= text.length; index += 1) {
      const [before, at, after] = [text.slice(0, index), text.charAt(index), text.slice(index + 1)];
      for (const other of ['!', '.', '-', '_', ' ', 'q', 'Q', '7']) {
        expect([index, resemblesKey(`${before}${other}${after}`)]).toEqual([index, true]);
        expect([index, resemblesKey(`${before}${other}${at}${after}`)]).toEqual([index, true]);
      }
      expect([index, resemblesKey(`${before}${after}`)]).toEqual([index, true]);
      expect([index, resemblesKey(`${before}${at}${at}${after}`)]).toEqual([index, true]);
    }
  });

  it('is one truncated at the beginning, or at both ends', () => {
    for (let cut = 1; cut < KNOWN.length; cut += 1) {
      expect([cut, resemblesKey(KNOWN.slice(cut))]).toEqual([cut, true]);
      expect([cut, resemblesKey(KNOWN.slice(cut, -1) || KNOWN)]).toEqual([cut, true]);
    }
  });

  it.each([
    '',
    JWT,
    JWT.slice(0, text.length),
    JWT.slice(0, JWT.indexOf('.')),
    JWT.slice(JWT.indexOf('.') + 1, JWT.lastIndexOf('.')),
    'x.y.z',
    'A'.repeat(60),
    'x',
    'undefined',
    'temp_xyz789',
    'bearer',
    'pk_test_51H8',
  ])('is not %j', (credential) => {
    expect(resemblesKey(credential)).toBe(false);
  });
});

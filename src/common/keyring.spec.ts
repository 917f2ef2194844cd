import { randomBytes } from 'node:crypto';
import { Keyring } from './keyring.js';

describe('Keyring', () => {
  const keyring = new Keyring(randomBytes(32).toString('base64'));
  const encrypted = (text: string) => keyring.encrypt('totp-seed', text, 'row');
  const opens = (value: Buffer, associated = 'row'): boolean => {
    try {
      keyring.decrypt('totp-seed', value, associated);
      return true;
    } catch {
      return false;
    }
  };

  it.each(['', 'a', 'a secret of some length'])(
    'decrypts what it encrypted, with that key and purpose only: %j',
    (text) => {
      const value = encrypted(text);
      expect(keyring.decrypt('totp-seed', value, 'row')).toBe(text);
      expect(opens(value, 'another row')).toBe(false);
      expect(() => keyring.decrypt('message-encryption', value, 'row')).toThrow(/No key opens/);
    },
  );

  // With the tag truncated to 4 bytes, one of 2^32 forgeries would be accepted (NIST SP 800-38D appendix C)
  it.each(['', 'a secret of some length'])('refuses a value that was truncated anywhere: %j', (text) => {
    const value = encrypted(text);
    const lengths = Array.from({ length: value.length }, (_, length) => length);
    expect(lengths.filter((length) => opens(value.subarray(0, length)))).toEqual([]);
    expect(opens(Buffer.concat([value, Buffer.of(0)]))).toBe(false);
  });

  it('refuses a value with a shorter tag, whatever follows it', () => {
    const value = encrypted('');
    const [head, tag] = [value.subarray(0, 21), value.subarray(21)];
    const cut = [4, 8, 12, 13, 14, 15].map((length) => Buffer.concat([head, tag.subarray(0, length)]));
    expect(cut.filter((one) => opens(one))).toEqual([]);
  });

  it('refuses a value with one bit changed', () => {
    const value = encrypted('ab');
    const flipped = Array.from({ length: value.length * 8 }, (_, bit) => {
      const copy = Buffer.from(value);
      copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return copy;
    });
    expect(flipped.filter((one) => opens(one))).toEqual([]);
  });
});

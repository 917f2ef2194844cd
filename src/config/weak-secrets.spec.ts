import { randomBytes } from 'node:crypto';
import { weaknessOfKey, weaknessOfText } from './weak-secrets.js';

const key = (make: (index: number) => number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, index) => make(index) & 0xff)).toString('base64');

describe('a key that was not drawn at random', () => {
  it.each<[string, string]>([
    ['zeros', key(() => 0)],
    ['ones', key(() => 0xff)],
    ['one byte repeated', key(() => 0x5a)],
    ['two bytes in turn', key((index) => (index % 2 ? 0xde : 0xad))],
    [
      'a word repeated',
      Buffer.from('deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef', 'hex').toString(
        'base64',
      ),
    ],
    ['half of it twice', Buffer.from('9d61b19deffd5a60ba844af492ec2cc4'.repeat(2), 'hex').toString('base64')],
    ['thirteen bytes repeated', key((index) => ((index % 13) * 97 + 5) ^ ((index % 13) << 3))],
    ['counting up', key((index) => index)],
    ['counting down', key((index) => 255 - index)],
    ['counting by sevens', key((index) => index * 7 + 3)],
    ['zeros and a little', key((index) => (index < 12 ? index * 37 + 11 : 0))],
    ['a passphrase', Buffer.from('correct horse battery staple, ok').toString('base64')],
    ['hexadecimal digits as text', Buffer.from('9f86d081884c7d659a2feaa0c55ad015').toString('base64')],
    ['words in its own alphabet', 'thisisaverysecretkeythatnobodyknowsatallxyk='],
    ['a placeholder in its own alphabet', 'changemechangemechangemechangemechangemecha='],
  ])('is detected: %s', (_, base64) => {
    expect(Buffer.from(base64, 'base64')).toHaveLength(32);
    expect(weaknessOfKey(base64)).toEqual(expect.stringMatching(/^it /));
  });

  // 20,000 keys, each refused with a chance below 10^-13: fails by chance less than once in 10^8 runs
  it('is not one of a CSPRNG', () => {
    const keys = Array.from({ length: 20_000 }, () => randomBytes(32).toString('base64'));
    expect(keys.filter((one) => weaknessOfKey(one) !== null)).toEqual([]);
  });

  it('is not one of published test vectors that look random', () => {
    // RFC 8032 §7.1: the secret keys of TEST 1 and TEST 2
    for (const hex of [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    ]) {
      expect(weaknessOfKey(Buffer.from(hex, 'hex').toString('base64'))).toBeNull();
      expect(weaknessOfText(hex)).toBeNull();
    }
  });
});

describe('a secret text that was not drawn at random', () => {
  it.each([
    '0'.repeat(32),
    'x'.repeat(64),
    'abab'.repeat(8),
    '1234567890'.repeat(4),
    'abcdefghijklmnopqrstuvwxyz012345',
    'zyxwvutsrqponmlkjihgfedcba987654',
    'your-256-bit-secret-please-change',
    'change-me-change-me-change-me-now',
    'secret_secret_jwt_secret_password!',
    'gatehouse-development-secret-123456',
    '🔑'.repeat(32),
  ])('is detected: %s', (text) => {
    expect(weaknessOfText(text)).toEqual(expect.stringMatching(/^it /));
  });

  // 10,000 texts each, of 32 random bytes: a chance below 10^-28 each
  it.each<[string, (bytes: Buffer) => string]>([
    ['hexadecimal', (bytes) => bytes.toString('hex')],
    ['base64', (bytes) => bytes.toString('base64')],
    ['base64url', (bytes) => bytes.toString('base64url')],
  ])('is not one of a CSPRNG: %s', (_, write) => {
    const texts = Array.from({ length: 10_000 }, () => write(randomBytes(32)));
    expect(texts.filter((one) => weaknessOfText(one) !== null)).toEqual([]);
  });
});

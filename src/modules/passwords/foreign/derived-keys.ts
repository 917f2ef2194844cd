import { createCipheriv, pbkdf2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { HashOf, Scheme } from './scheme.js';

const MAX_BINARY = 512;
/** OWASP recommends 1,300,000 for SHA-1. */
const MAX_ITERATIONS = 1_500_000;
/** N × r × p: scrypt takes 128 bytes of memory for each of N × r, here at most 128 MiB. */
const MAX_SCRYPT_WORK = 2 ** 20;
/** Node's limit counts a little more than the blocks. */
const MAX_SCRYPT_MEMORY = 160 * MAX_SCRYPT_WORK;
const MIN_DIGEST = 16;
const BINARY = /^[A-Za-z0-9+/_-]*={0,2}$/;

const derivePbkdf2 = promisify(pbkdf2);

/** RFC 8018. */
export const PBKDF2: Scheme<HashOf<'pbkdf2'>> = {
  findProblem({ hash, salt, iterations }) {
    if (iterations > MAX_ITERATIONS) return `more than ${MAX_ITERATIONS} iterations`;
    return findBinaryProblem({ hash }, MIN_DIGEST) ?? findBinaryProblem({ salt });
  },
  costsOf: ({ digest, iterations, hash }) => [digest, iterations, decode(hash).length],
  decoy: ([digest, iterations, length]) => ({
    scheme: 'pbkdf2',
    digest: digest as HashOf<'pbkdf2'>['digest'],
    iterations: Number(iterations),
    ...randomPair(Number(length)),
  }),
  async matches({ hash, salt, digest, iterations }, password) {
    const expected = decode(hash);
    return isSame(expected, await derivePbkdf2(password, decode(salt), iterations, expected.length, digest));
  },
};

/** RFC 7914. */
export const SCRYPT: Scheme<HashOf<'scrypt'>> = {
  findProblem: ({ hash, salt, ...costs }) =>
    findScryptProblem(costs) ?? findBinaryProblem({ hash }, MIN_DIGEST) ?? findBinaryProblem({ salt }),
  costsOf: ({ N, r, p, hash }) => [N, r, p, decode(hash).length],
  decoy: ([N, r, p, length]) => ({
    scheme: 'scrypt',
    N: Number(N),
    r: Number(r),
    p: Number(p),
    ...randomPair(Number(length)),
  }),
  async matches({ hash, salt, ...costs }, password) {
    const expected = decode(hash);
    return isSame(expected, await deriveScrypt(password, decode(salt), expected.length, costs));
  },
};

/** Firebase encrypts the project's signer key under a key that scrypt derives (github.com/firebase/scrypt). */
export const FIREBASE: Scheme<HashOf<'firebase-scrypt'>> = {
  findProblem({ hash, salt, signerKey, saltSeparator, rounds, memoryCost }) {
    return (
      findScryptProblem({ N: 2 ** memoryCost, r: rounds, p: 1 }) ??
      findBinaryProblem({ hash }, MIN_DIGEST) ??
      findBinaryProblem({ salt }) ??
      findBinaryProblem({ signerKey }, MIN_DIGEST) ??
      findBinaryProblem({ saltSeparator }) ??
      (decode(hash).length === decode(signerKey).length ? null : 'hash and signerKey differ in length')
    );
  },
  costsOf: ({ rounds, memoryCost }) => [rounds, memoryCost],
  decoy: ([rounds, memoryCost]) => ({
    scheme: 'firebase-scrypt',
    rounds: Number(rounds),
    memoryCost: Number(memoryCost),
    saltSeparator: 'Bw==',
    signerKey: randomBytes(64).toString('base64'),
    ...randomPair(64),
  }),
  async matches({ hash, salt, signerKey, saltSeparator, rounds, memoryCost }, password) {
    const salted = Buffer.concat([decode(salt), decode(saltSeparator)]);
    const key = await deriveScrypt(password, salted, 32, { N: 2 ** memoryCost, r: rounds, p: 1 });
    const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
    return isSame(decode(hash), Buffer.concat([cipher.update(decode(signerKey)), cipher.final()]));
  },
};

type ScryptCosts = Pick<HashOf<'scrypt'>, 'N' | 'r' | 'p'>;

function findScryptProblem({ N, r, p }: ScryptCosts): string | null {
  if (!Number.isInteger(Math.log2(N)) || N < 2) return 'N is not a power of two';
  // RFC 7914 §6: N is less than 2^(128 r / 8)
  if (Math.log2(N) >= 16 * r) return 'N is too large for r';
  return N * r * p > MAX_SCRYPT_WORK ? `N × r × p is more than ${MAX_SCRYPT_WORK}` : null;
}

function findBinaryProblem(named: Record<string, string>, min = 0): string | null {
  const [[name, text] = ['', '']] = Object.entries(named);
  const { length } = decode(text);
  if (!BINARY.test(text)) return `${name} is not base64`;
  return length < min || length > MAX_BINARY
    ? `${name} has ${length} bytes, not ${min} to ${MAX_BINARY}`
    : null;
}

function deriveScrypt(password: Buffer, salt: Buffer, length: number, costs: ScryptCosts): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(password, salt, length, { ...costs, maxmem: MAX_SCRYPT_MEMORY }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}

const randomPair = (length: number) => ({
  hash: randomBytes(length).toString('base64'),
  salt: randomBytes(16).toString('base64'),
});

/** Node decodes both alphabets. */
const decode = (text: string): Buffer => Buffer.from(text, 'base64');

export function isSame(expected: Buffer, found: Buffer): boolean {
  return expected.length === found.length && timingSafeEqual(expected, found);
}

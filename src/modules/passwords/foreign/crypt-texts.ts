import { createHash, randomBytes } from 'node:crypto';
import { loadArgon2Engine } from '../argon2-engine.js';
import { isSame } from './derived-keys.js';
import type { HashOf, Scheme } from './scheme.js';

/** 2^14 rounds take about a second. */
const MAX_BCRYPT_COST = 14;
/** `2x` marks hashes of a faulty implementation. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}$/;

/** In the modular crypt format. As everywhere, only the first 72 bytes of a password count. */
export const BCRYPT_TEXT: Scheme<HashOf<'bcrypt'>> = {
  findProblem({ hash }) {
    const [, cost] = BCRYPT.exec(hash) ?? [];
    if (cost === undefined) return 'not a bcrypt hash ($2a$, $2b$ or $2y$)';
    return Number(cost) > MAX_BCRYPT_COST ? `a cost above ${MAX_BCRYPT_COST}` : null;
  },
  costsOf: ({ hash }) => [hash.slice(4, 6)],
  // Each part ends with a character whose unused bits are zero
  decoy: ([cost]) => ({ scheme: 'bcrypt', hash: `$2b$${cost}$${crypt64(21)}O${crypt64(30)}O` }),
  async matches({ hash }, password) {
    const { verify } = await import('@node-rs/bcrypt');
    // Three names of one algorithm; not every library knows each
    return verify(password, hash.replace(/^\$2[ay]\$/, '$2b$'));
  },
};

const crypt64 = (length: number): string =>
  randomBytes(length).toString('base64').replaceAll('+', '.').slice(0, length);

/** In KiB. */
const MAX_MEMORY = 256 * 1024;
/** Memory × passes, in KiB. */
const MAX_ARGON2_WORK = 1024 * 1024;
const MAX_LANES = 16;
const PHC =
  /^\$(argon2(?:id|i|d))\$(?:v=(16|19)\$)?((?:[mtp]=[1-9][0-9]{0,6},){2}[mtp]=[1-9][0-9]{0,6})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,171})$/;

/** RFC 9106, as PHC strings, with the parameters in any order. */
export const ARGON2_TEXT: Scheme<HashOf<'argon2'>> = {
  findProblem({ hash }) {
    const { memory, passes, lanes, isDecodable } = parseArgon2(hash);
    if (!memory || !passes || !lanes || !isDecodable)
      return 'not a PHC string of argon2i, argon2d or argon2id';
    if (memory > MAX_MEMORY) return `more than ${MAX_MEMORY} KiB of memory`;
    if (memory * passes > MAX_ARGON2_WORK) return `memory × passes is more than ${MAX_ARGON2_WORK} KiB`;
    // RFC 9106 §3.1
    return lanes > MAX_LANES || memory < 8 * lanes ? `not 1 to ${MAX_LANES} lanes of 8 KiB each` : null;
  },
  costsOf({ hash }) {
    const { type, version, memory, passes, lanes } = parseArgon2(hash);
    return [type, version, memory, passes, lanes];
  },
  decoy: ([type, version, m, t, p]) => ({
    scheme: 'argon2',
    hash: `$${type}$v=${version}$m=${m},t=${t},p=${p}$${randomText(16)}$${randomText(32)}`,
  }),
  async matches({ hash }, password) {
    return (await engine()).verify(hash.replace(/^(\$argon2[a-z]+)\$(?=[mtp]=)/, '$1$v=16$'), password);
  },
};

function parseArgon2(hash: string) {
  const [, type = '', version = '16', costs = '', ...binaries] = PHC.exec(hash) ?? [];
  const cost = new Map(costs.split(',').map((pair) => [pair[0], Number(pair.slice(2))]));
  const [memory = 0, passes = 0, lanes = 0] = ['m', 't', 'p'].map((name) => cost.get(name));
  return { type, version, memory, passes, lanes, isDecodable: binaries.every(isB64) };
}

/** Whether it is base64 without padding, whose unused bits are zero: the engine rejects other texts. */
const isB64 = (text: string) => Buffer.from(text, 'base64').toString('base64').replace(/=+$/, '') === text;

let loading: ReturnType<typeof loadArgon2Engine> | undefined;
const engine = () => (loading ??= loadArgon2Engine());
const randomText = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '');

const SSHA = /^\{(S?SHA(?:256|512)?)\}([A-Za-z0-9+/]+={0,2})$/;
const SHA: Record<string, { name: string; length: number }> = {
  SSHA: { name: 'sha1', length: 20 },
  SSHA256: { name: 'sha256', length: 32 },
  SSHA512: { name: 'sha512', length: 64 },
};
const MAX_SSHA_SALT = 64;

/** Salted SHA of LDAP servers: base64 of the digest and the salt behind it. */
export const SSHA_TEXT: Scheme<HashOf<'ssha'>> = {
  findProblem({ hash }) {
    const [, prefix = '', text = ''] = SSHA.exec(hash) ?? [];
    const digest = SHA[prefix];
    if (!digest) return 'not {SSHA}, {SSHA256} or {SSHA512} with base64';
    const salt = Buffer.from(text, 'base64').length - digest.length;
    return salt < 4 || salt > MAX_SSHA_SALT ? `a salt of ${salt} bytes, not 4 to ${MAX_SSHA_SALT}` : null;
  },
  costsOf: ({ hash }) => [SSHA.exec(hash)?.[1] ?? ''],
  decoy: ([prefix = '']) => ({
    scheme: 'ssha',
    hash: `{${prefix}}${randomBytes((SHA[prefix]?.length ?? 0) + 8).toString('base64')}`,
  }),
  matches({ hash }, password) {
    const [, prefix = '', text = ''] = SSHA.exec(hash) ?? [];
    const { name = 'sha1', length = 20 } = SHA[prefix] ?? {};
    const bytes = Buffer.from(text, 'base64');
    const found = createHash(name).update(password).update(bytes.subarray(length)).digest();
    return Promise.resolve(isSame(bytes.subarray(0, length), found));
  },
};

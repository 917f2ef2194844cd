import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { argon2d, argon2i, argon2id, hash as argon2 } from 'argon2';
import { decoyOf, findHashProblem, type ForeignHash, matchesForeign, profileOf } from './foreign-hash.js';

const PASSWORD = 'Correct horse 123';
const salt = Buffer.from('0123456789abcdef');
const b64 = (bytes: Buffer) => bytes.toString('base64');
const b64url = (bytes: Buffer) => bytes.toString('base64url');

/** The example of github.com/firebase/scrypt. */
const FIREBASE = {
  scheme: 'firebase-scrypt',
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  saltSeparator: 'Bw==',
  rounds: 8,
  memoryCost: 14,
  salt: '42xEC+ixf3L2lw==',
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
} as const;

function ssha(name: 'sha1' | 'sha256' | 'sha512', prefix: string): ForeignHash {
  const digest = createHash(name).update(PASSWORD).update(salt).digest();
  return { scheme: 'ssha', hash: `{${prefix}}${b64(Buffer.concat([digest, salt]))}` };
}

const pbkdf2 = (
  digest: 'sha1' | 'sha256' | 'sha512',
  iterations = 1000,
  password = PASSWORD,
): ForeignHash => ({
  scheme: 'pbkdf2',
  digest,
  iterations,
  salt: b64(salt),
  hash: b64url(pbkdf2Sync(password, salt, iterations, 32, digest)),
});
const costs = { memoryCost: 64, timeCost: 2, parallelism: 2 };
const phc = async (type: 0 | 1 | 2, version?: number): Promise<ForeignHash> => ({
  scheme: 'argon2',
  hash: await argon2(PASSWORD, { type, ...costs, ...(version && { version }) }),
});
const bcryptOf = async (version: string): Promise<ForeignHash> => ({
  scheme: 'bcrypt',
  hash: (await bcrypt(PASSWORD, 4)).replace('$2b$', `$${version}$`),
});
const scrypt = (password: string): ForeignHash => ({
  scheme: 'scrypt',
  N: 1024,
  r: 8,
  p: 2,
  salt: b64(salt),
  hash: b64(scryptSync(password, salt, 64, { N: 1024, r: 8, p: 2 })),
});

const ACCEPTED: [string, () => ForeignHash | Promise<ForeignHash>][] = [
  ['bcrypt 2a', () => bcryptOf('2a')],
  ['bcrypt 2b', () => bcryptOf('2b')],
  ['bcrypt 2y', () => bcryptOf('2y')],
  ['argon2id', () => phc(argon2id)],
  ['argon2i', () => phc(argon2i)],
  ['argon2d', () => phc(argon2d)],
  ['argon2i of version 1.0', () => phc(argon2i, 0x10)],
  ['scrypt', () => scrypt(PASSWORD)],
  ['PBKDF2 with SHA-1', () => pbkdf2('sha1')],
  ['PBKDF2 with SHA-256', () => pbkdf2('sha256')],
  ['PBKDF2 with SHA-512', () => pbkdf2('sha512')],
  ['SSHA', () => ssha('sha1', 'SSHA')],
  ['SSHA-256', () => ssha('sha256', 'SSHA256')],
  ['SSHA-512', () => ssha('sha512', 'SSHA512')],
];

describe.each(ACCEPTED)('a hash of %s', (_, make) => {
  it('matches its password and no other', async () => {
    const hash = await make();
    expect(findHashProblem(hash)).toBeNull();
    expect(await matchesForeign(hash, PASSWORD)).toBe(true);
    for (const other of ['', `${PASSWORD} `, PASSWORD.toLowerCase(), PASSWORD.slice(0, -1)])
      expect([other, await matchesForeign(hash, other)]).toEqual([other, false]);
  });

  it('has a decoy that takes the same work, and that no password matches', async () => {
    const hash = await make();
    const decoy = decoyOf(profileOf(hash));
    expect(findHashProblem(decoy)).toBeNull();
    expect(profileOf(decoy)).toBe(profileOf(hash));
    expect(await matchesForeign(decoy, PASSWORD)).toBe(false);
  });
});

it('matches the published example of Firebase', async () => {
  expect(findHashProblem(FIREBASE)).toBeNull();
  expect(await matchesForeign(FIREBASE, 'user1password')).toBe(true);
  expect(await matchesForeign(FIREBASE, 'user2password')).toBe(false);
  expect(profileOf(decoyOf(profileOf(FIREBASE)))).toBe(profileOf(FIREBASE));
});

it.each(['NFC', 'NFD', 'NFKC'] as const)('matches a password that was hashed in %s', async (form) => {
  const typed = 'Pässwörter ﬁne';
  expect(await matchesForeign(scrypt(typed.normalize(form)), typed.normalize(form))).toBe(true);
  if (form !== 'NFD')
    expect(await matchesForeign(scrypt(typed.normalize(form)), typed.normalize('NFD'))).toBe(true);
});

const B53 = 'a'.repeat(53);
const REFUSED: [string, ForeignHash][] = [
  ['bcrypt of cost 15', { scheme: 'bcrypt', hash: `$2b$15$${B53}` }],
  ['bcrypt of cost 31', { scheme: 'bcrypt', hash: `$2b$31$${B53}` }],
  ['bcrypt of cost 99', { scheme: 'bcrypt', hash: `$2b$99$${B53}` }],
  ['bcrypt of cost 03', { scheme: 'bcrypt', hash: `$2b$03$${B53}` }],
  ['bcrypt 2x', { scheme: 'bcrypt', hash: `$2x$10$${B53}` }],
  ['a short bcrypt', { scheme: 'bcrypt', hash: `$2b$10$${B53.slice(1)}` }],
  ['a text behind a bcrypt', { scheme: 'bcrypt', hash: `$2b$10$${B53}\n` }],
  [
    'argon2 with 4 GiB',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 with 999 passes',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=65536,t=999,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 with 99 lanes',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=65536,t=1,p=99$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 with less memory than lanes',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=8,t=1,p=2$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 of version 20',
    { scheme: 'argon2', hash: '$argon2id$v=20$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 with a comma behind its costs',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=64,t=1,p=1,$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 with a salt that is cut off',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzY$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 with a salt whose unused bits are set',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWz$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  [
    'argon2 with a hash that is cut off',
    { scheme: 'argon2', hash: '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoa' },
  ],
  [
    'argon2x',
    { scheme: 'argon2', hash: '$argon2x$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  ],
  ['scrypt of 1 GiB', { ...scrypt(PASSWORD), N: 2 ** 20 } as ForeignHash],
  ['scrypt in 10,000 lanes', { ...scrypt(PASSWORD), p: 10_000 } as ForeignHash],
  ['scrypt with N = 1000', { ...scrypt(PASSWORD), N: 1000 } as ForeignHash],
  ['scrypt with N = 1', { ...scrypt(PASSWORD), N: 1 } as ForeignHash],
  ['scrypt with N too large for r', { ...scrypt(PASSWORD), N: 2 ** 16, r: 1 } as ForeignHash],
  ['scrypt with a short hash', { ...scrypt(PASSWORD), hash: 'AAAA' }],
  ['scrypt with a hash that is not base64', { ...scrypt(PASSWORD), hash: '*'.repeat(40) }],
  ['scrypt with a salt of 1 KiB', { ...scrypt(PASSWORD), salt: 'A'.repeat(1400) } as ForeignHash],
  ['a billion iterations', { ...pbkdf2('sha1'), iterations: 1e9 } as ForeignHash],
  ['Firebase with a memory cost of 30', { ...FIREBASE, memoryCost: 30 }],
  ['Firebase without its signer key', { ...FIREBASE, signerKey: '' }],
  ['Firebase with another signer key', { ...FIREBASE, signerKey: b64(salt) }],
  ['unsalted SHA', { scheme: 'ssha', hash: `{SHA}${b64(Buffer.alloc(20))}` }],
  ['SSHA without a salt', { scheme: 'ssha', hash: `{SSHA}${b64(Buffer.alloc(20))}` }],
  ['SSHA with a long salt', { scheme: 'ssha', hash: `{SSHA}${b64(Buffer.alloc(120))}` }],
  ['SMD5', { scheme: 'ssha', hash: `{SMD5}${b64(Buffer.alloc(24))}` }],
];

it.each(REFUSED)('refuses %s', (_, hash) => {
  expect(findHashProblem(hash)).toEqual(expect.any(String));
});

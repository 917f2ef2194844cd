import cluster from 'node:cluster';
import { jest } from '@jest/globals';
import { Keyring } from '../../common/keyring.js';
import { PLACE_VARIABLE } from '../../common/workers.js';
import { type ForeignHash, profileOf } from './foreign/foreign-hash.js';
import type { ImportedPasswordsRepository, ProfileShare } from './imported-passwords.repository.js';
import { ImportedPasswordsService } from './imported-passwords.service.js';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const BCRYPT = '["bcrypt","10"]';
const PBKDF2 = '["pbkdf2","sha256",1000,32]';
const SHARES: ProfileShare[] = [
  { profile: BCRYPT, share: 0.5 },
  { profile: PBKDF2, share: 0.2 },
];
const SUBJECTS = Array.from({ length: 2_000 }, (_, n) => `password:email:person-${n}@example.com`);

/** Its keys are fixed, and so what it draws. */
function start(shares: ProfileShare[] = SHARES) {
  const keyring = new Keyring(key(1));
  keyring.useIndexKeys(JSON.stringify({ 'attempt-key': key(2) }));
  const listShares = jest.fn(() => Promise.resolve(shares));
  const service = new ImportedPasswordsService(
    { listShares } as unknown as ImportedPasswordsRepository,
    keyring,
  );
  return { service, listShares, keyring };
}

const profileFor = (service: ImportedPasswordsService, subject: string): string | null => {
  const decoy = service.select(null, subject);
  return decoy && profileOf(decoy);
};

describe('what an attempt without a password is compared with', () => {
  it('has a profile as often as the stored passwords have it', async () => {
    const { service } = start();
    await service.sweep();
    const profiles = SUBJECTS.map((subject) => profileFor(service, subject));
    const shareOf = (profile: string | null) =>
      profiles.filter((one) => one === profile).length / SUBJECTS.length;
    expect(shareOf(BCRYPT)).toBeCloseTo(0.5, 1);
    expect(shareOf(PBKDF2)).toBeCloseTo(0.2, 1);
    expect(shareOf(null)).toBeCloseTo(0.3, 1);
  });

  it('has the same profile at every attempt and on every server, with or without an account', async () => {
    const [one, other] = [start().service, start().service];
    await Promise.all([one.sweep(), other.sweep()]);
    const withoutPassword = { userId: 'a person', hash: null, imported: null, failures: 0 };
    for (const subject of SUBJECTS.slice(0, 100)) {
      const profile = profileFor(one, subject);
      const decoy = other.select(withoutPassword, subject);
      expect([profileFor(one, subject), decoy && profileOf(decoy)]).toEqual([profile, profile]);
    }
  });

  it('is always a hash of Gatehouse if none was imported', async () => {
    const { service } = start([]);
    await service.sweep();
    expect(SUBJECTS.filter((subject) => service.select(null, subject) !== null)).toEqual([]);
  });
});

describe('what an attempt at a password is compared with', () => {
  const hash: ForeignHash = { scheme: 'bcrypt', hash: `$2b$10$${'a'.repeat(53)}` };

  it('is the imported hash until it is replaced, whatever the subject', async () => {
    const { service, keyring } = start();
    await service.sweep();
    const imported = keyring.encrypt('imported-password', JSON.stringify(hash), 'a person');
    const credential = { userId: 'a person', hash: 'a placeholder', imported, failures: 0 };
    for (const subject of SUBJECTS.slice(0, 20)) {
      expect(service.select(credential, subject)).toEqual(hash);
      expect(service.select({ ...credential, imported: null }, subject)).toBeNull();
    }
    expect(() => service.select({ ...credential, userId: 'another person' }, '')).toThrow(/No key opens/);
  });
});

describe('the shares', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env[PLACE_VARIABLE];
  });

  it.each(['0/2', '1/2'])('are read in worker %s: each compares passwords', async (place) => {
    jest.replaceProperty(cluster, 'isWorker', true);
    process.env[PLACE_VARIABLE] = place;
    const { service, listShares } = start();
    service.onApplicationBootstrap();
    await service.onApplicationShutdown();
    expect(listShares).toHaveBeenCalledTimes(1);
  });
});

import { loadConfig } from '../../config/config.js';
import { type Argon2Engine, loadNodeRsEngine, loadPortableEngine } from './argon2-engine.js';
import { PasswordHasher } from './password-hasher.js';
import { HashingOverloaded } from './passwords.errors.js';

const CHEAP = { ARGON2_MEMORY_KIB: '64', ARGON2_TIME_COST: '2' };
const engine = await loadPortableEngine();
const hasher = (environment: Record<string, string> = {}, using = engine) =>
  new PasswordHasher(using, loadConfig({ ...CHEAP, ...environment }));

/** The real engine, which records its calls in order in `calls`. */
function recordingEngine() {
  const calls: unknown[] = [];
  const recording: Argon2Engine = {
    hash: (password, parameters) => {
      calls.push({ hash: parameters });
      return engine.hash(password, parameters);
    },
    verify: (phc, password) => {
      calls.push({ verify: phc.split('$')[3]?.split(',').sort(), password: password.toString() });
      return engine.verify(phc, password);
    },
  };
  return { recording, calls };
}

/** A promise that keeps a permit taken until the test opens it. */
function createLatch() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('PasswordHasher', () => {
  it('writes argon2id with the configured cost and a salt of its own', async () => {
    const [one, other] = await Promise.all([
      hasher().hash('SecurePass123!'),
      hasher().hash('SecurePass123!'),
    ]);

    expect(one).toMatch(/^\$argon2id\$v=19\$/);
    expect(one.split('$')[3]?.split(',').sort()).toEqual(['m=64', 'p=1', 't=2']);
    expect(one).not.toBe(other);
  });

  it.each([
    ['the same password', 'SecurePass123!', 'SecurePass123!', true],
    ['another case', 'SecurePass123!', 'securePass123!', false],
    ['a leading space', 'SecurePass123!', ' SecurePass123!', false],
    ['a trailing space', 'SecurePass123!', 'SecurePass123! ', false],
    ['the NFD form of an NFC password', 'Pässwörter im Flur', 'Pässwörter im Flur'.normalize('NFD'), true],
    ['the NFC form of an NFD password', 'Pässwörter im Flur'.normalize('NFD'), 'Pässwörter im Flur', true],
    ['a compatibility form', 'ﬁne passwords only', 'fine passwords only', false],
    ['the first 72 bytes of a longer one', `${'a'.repeat(72)}bcdefgh`, 'a'.repeat(72), false],
    ['all of 128 characters', 'ж'.repeat(128), 'ж'.repeat(128), true],
    ['what precedes a NUL', 'before\0after', 'before', false],
  ])('compares exactly: %s', async (_, set, given, matches) => {
    const passwords = hasher();
    expect(await passwords.verify(await passwords.hash(set), given)).toBe(matches);
  });

  it('returns false without a hash, whatever the password', async () => {
    const passwords = hasher();
    expect(await passwords.verify(null, 'SecurePass123!')).toBe(false);
    expect(await passwords.verify(null, '')).toBe(false);
  });

  it('does the same work without a hash as with one', async () => {
    const { recording, calls } = recordingEngine();
    const passwords = hasher({ ARGON2_MEMORY_KIB: '128', ARGON2_TIME_COST: '3' }, recording);
    await passwords.onModuleInit();
    const hash = await passwords.hash('SecurePass123!');
    calls.length = 0;
    await passwords.verify(hash, 'something else');
    await passwords.verify(null, 'something else');

    const comparison = { verify: ['m=128', 'p=1', 't=3'], password: 'something else' };
    expect(calls).toEqual([comparison, comparison]);
  });

  it('throws for a hash it cannot parse, instead of calling the password wrong', async () => {
    await expect(hasher().verify('not a hash', 'SecurePass123!')).rejects.toThrow();
  });

  it('verifies with each engine the hashes of the other', async () => {
    const engines = await Promise.all([loadNodeRsEngine(), loadPortableEngine()]);
    const password = Buffer.from('пароль 😀 SecurePass123!');
    for (const writer of engines) {
      const phc = await writer.hash(password, { memoryKib: 64, timeCost: 2 });
      expect(phc).toMatch(/^\$argon2id\$v=19\$/);
      for (const reader of engines) {
        expect(await reader.verify(phc, password)).toBe(true);
        expect(await reader.verify(phc, Buffer.from('SecurePass123!'))).toBe(false);
      }
      expect(hasher().needsRehash(phc)).toBe(false);
    }
  });

  it.each([
    ['the configured cost', '$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$aGFzaA', false],
    ['the configured cost in another order', '$argon2id$v=19$m=64,p=1,t=2$c2FsdHNhbHQ$aGFzaA', false],
    ['a higher cost', '$argon2id$v=19$m=128,t=3,p=1$c2FsdHNhbHQ$aGFzaA', false],
    ['less memory', '$argon2id$v=19$m=63,t=9,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['fewer passes', '$argon2id$v=19$m=999,t=1,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['an older version', '$argon2id$v=16$m=64,t=2,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['argon2i', '$argon2i$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['bcrypt', '$2b$12$abcdefghijklmnopqrstuv', true],
    ['an unknown format', '', true],
  ])('decides whether to rehash at %s', (_, hash, expected) => {
    expect(hasher().needsRehash(hash)).toBe(expected);
  });

  it('runs no more at once than configured, queues the next and refuses the rest before they start', async () => {
    const passwords = hasher({ HASH_CONCURRENCY: '2', HASH_QUEUE_LIMIT: '3' });
    const { opened, open } = createLatch();
    let running = 0;
    let peak = 0;
    let started = 0;
    const attempts = Array.from({ length: 20 }, () =>
      passwords.limited(async () => {
        started++;
        peak = Math.max(peak, ++running);
        await opened;
        running--;
      }),
    );
    open();
    const outcomes = await Promise.allSettled(attempts);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect({ peak, started }).toEqual({ peak: 2, started: 5 });
    const rejection = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(rejection.reason).toBeInstanceOf(HashingOverloaded);
    expect(rejection.reason).toMatchObject({
      code: 'service_unavailable',
      options: { retryAfterSeconds: 5 },
    });
    await expect(passwords.hash('SecurePass123!')).resolves.toMatch(/^\$argon2id/);
  });

  it('returns the permit when the work in it fails', async () => {
    const passwords = hasher({ HASH_CONCURRENCY: '1', HASH_QUEUE_LIMIT: '1' });
    for (let round = 0; round < 3; round++) {
      await expect(passwords.limited(() => Promise.reject(new Error('no attempt left')))).rejects.toThrow(
        'no att',
      );
    }
    await expect(passwords.limited((verify) => verify(null, 'SecurePass123!'))).resolves.toBe(false);
  });
});

import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { inSeconds } from '../../../test/support/clock.js';
import { until } from '../../../test/support/until.js';
import { Keyring } from '../../common/keyring.js';
import { loadConfig } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { SigningKeysService } from './signing-keys.service.js';

const newKey = () => randomBytes(32).toString('base64');

let dataSource: DataSource;
let database: Database;

/** The key service of a started server. */
async function start(current: string, previous?: string): Promise<SigningKeysService> {
  const store = new SigningKeyStore(
    database,
    new SigningKeysRepository(database),
    new Keyring(current, previous),
  );
  const service = new SigningKeysService(store, loadConfig({}));
  await service.onModuleInit();
  return service;
}

const retire = (kid: string, ago = '0') =>
  dataSource.query(`UPDATE signing_keys SET retired_at = now() - $2::interval WHERE id = $1`, [kid, ago]);
const remove = (kid: string) => dataSource.query('DELETE FROM signing_keys WHERE id = $1', [kid]);
const published = async (service: SigningKeysService) =>
  (await service.publish()).map((jwk) => String(jwk.kid));
const unavailable = expect.objectContaining({ code: 'service_unavailable' }) as Error;

/** The services' clock. It advances only by `pass`. */
let clock = inSeconds(0).getTime();
function pass(seconds: number): void {
  jest.spyOn(Date, 'now').mockReturnValue((clock += seconds * 1000));
}

beforeAll(async () => {
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
});
beforeEach(async () => {
  pass(0);
  database = new Database(dataSource);
  await dataSource.query('TRUNCATE signing_keys, next_signing_keys');
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => dataSource.destroy());

describe('a rotation of SECRET_KEY', () => {
  it('leaves the signing keys, and the previous one is needed at one start only', async () => {
    const [old, present] = [newKey(), newKey()];
    const { kid } = (await start(old)).current;
    const kids = await published(await start(present, old));
    expect(kids).toEqual([kid, expect.any(String)]);
    expect(await published(await start(present))).toEqual(kids);
    await expect(start(old)).rejects.toThrow('No key opens');
  });

  it('leaves keys that can be decrypted as they are', async () => {
    const [old, present] = [newKey(), newKey()];
    await start(old);
    const encrypted = () =>
      dataSource.query(`
        SELECT private_encrypted FROM signing_keys UNION ALL SELECT private_encrypted FROM next_signing_keys`);
    const before = await encrypted();
    await start(old, present);
    expect(await encrypted()).toEqual(before);
  });

  it('lets a server go on with the keys it has decrypted, while others are started beside it', async () => {
    const [old, present] = [newKey(), newKey()];
    const before = await start(old);
    const { kid } = before.current;
    await start(present, old);
    pass(61);
    expect((await before.find(kid))?.kid).toBe(kid);
    expect(before.current.kid).toBe(kid);
  });

  it('makes no key sign that its server cannot decrypt; what others sign with it counts there', async () => {
    const [old, present] = [newKey(), newKey()];
    const before = await start(old);
    const { kid } = before.current;
    await start(present, old);
    await dataSource.query('TRUNCATE next_signing_keys');
    const after = await start(present);
    await retire(kid);
    pass(6);
    await after.refresh();
    await before.refresh();
    expect((await before.find(after.current.kid))?.verify).toBeDefined();
    expect(() => before.current).toThrow(unavailable);
  });
});

it('has servers that start at once share their keys', async () => {
  const key = newKey();
  const servers = await Promise.all(Array.from({ length: 8 }, () => start(key)));
  const lists = await Promise.all(servers.map((server) => published(server)));
  expect(new Set(lists.map((kids) => kids.join())).size).toBe(1);
  expect(lists[0]).toHaveLength(2);
  expect(new Set(servers.map(({ current }) => current.kid))).toEqual(new Set([lists[0]?.[0]]));
});

describe('a key that is retired', () => {
  it('signs no more on any server; the key that all of them published before does', async () => {
    const key = newKey();
    const [one, other] = [await start(key), await start(key)];
    const [kid = '', next] = await published(one);
    await retire(kid);
    pass(6);
    await Promise.all([one, other].map((server) => server.refresh()));
    for (const server of [one, other]) {
      expect(server.current.kid).toBe(next);
      expect(await published(server)).toEqual([next, expect.any(String), kid]);
      expect((await server.find(kid))?.kid).toBe(kid);
    }
    expect(await published(one)).toEqual(await published(other));
  });

  it('verifies tokens for two hours', async () => {
    const service = await start(newKey());
    const { kid } = service.current;
    await retire(kid, '100 minutes');
    pass(6);
    expect(await service.find(kid)).not.toBeNull();
    await retire(kid, '121 minutes');
    pass(6);
    expect(await service.find(kid)).toBeNull();
    expect(await published(service)).not.toContain(kid);
  });
});

describe('a key that is removed', () => {
  it('is unknown to every server, also where it was in use, and others take its place', async () => {
    const key = newKey();
    const [one, other] = [await start(key), await start(key)];
    const [kid = '', next] = await published(one);
    const inUse = await Promise.all([one, other].map((server) => server.find(kid)));
    await remove(kid);
    pass(5);
    for (const [index, server] of [one, other].entries()) {
      const known = inUse[index];
      expect(known && server.isValid(known)).toBe(false);
      expect(await server.find(kid)).toBeNull();
      expect(server.current.kid).toBe(next);
      expect(await published(server)).toEqual([next, expect.any(String)]);
    }
  });

  it('may be all of them: a new one signs', async () => {
    const key = newKey();
    const [one, other] = [await start(key), await start(key)];
    const before = await published(one);
    await dataSource.query('TRUNCATE signing_keys, next_signing_keys');
    pass(5);
    await one.refresh();
    // It gives a slow read up after a second
    await until(async () => (await published(other)).includes(one.current.kid));
    expect(before).not.toContain(one.current.kid);
    expect((await other.find(one.current.kid))?.kid).toBe(one.current.kid);
  });
});

describe('while the keys cannot be read', () => {
  const fail = () => jest.spyOn(database.autocommit, 'many').mockRejectedValue(new Error('no database'));

  it('recently read keys stay valid for a while, then none is; they stay published', async () => {
    const service = await start(newKey());
    const { kid } = service.current;
    const known = await service.find(kid);
    const kids = await published(service);
    const failing = fail();
    pass(4);
    expect(known && service.isValid(known)).toBe(true);
    expect((await service.find(kid))?.kid).toBe(kid);
    pass(1);
    expect(known && service.isValid(known)).toBe(false);
    await expect(service.find(kid)).rejects.toThrow('no database');
    expect(await published(service)).toEqual(kids);
    expect(service.current.kid).toBe(kid);

    failing.mockRestore();
    expect((await service.find(kid))?.kid).toBe(kid);
    expect(known && service.isValid(known)).toBe(true);
  });

  it('nothing is signed from a minute on', async () => {
    const service = await start(newKey());
    fail();
    pass(59);
    expect(service.current.kid).toEqual(expect.any(String));
    pass(1);
    expect(() => service.current).toThrow(unavailable);
  });

  it('a clock that is set back makes them old, too', async () => {
    const service = await start(newKey());
    const known = await service.find(service.current.kid);
    pass(-1);
    expect(known && service.isValid(known)).toBe(false);
  });
});

it('reads once for all requests with unknown keys, and not again within a second', async () => {
  const service = await start(newKey());
  pass(2);
  const reads = jest.spyOn(database.autocommit, 'many');
  const ask = () => Promise.all(Array.from({ length: 20 }, (_, index) => service.find(`nobody-${index}`)));
  expect(new Set(await ask())).toEqual(new Set([null]));
  expect(reads).toHaveBeenCalledTimes(1);
  await ask();
  expect(reads).toHaveBeenCalledTimes(1);
});

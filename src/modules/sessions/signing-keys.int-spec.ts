import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Keyring } from '../../common/keyring.js';
import { loadConfig } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { SigningKeysService } from './signing-keys.service.js';
import { inSeconds } from '../../../test/support/clock.js';

const newKey = () => randomBytes(32).toString('base64');

let dataSource: DataSource;

/** A server's keys, as it has them once it has started. */
async function start(current: string, previous?: string): Promise<SigningKeysService> {
  const keyring = new Keyring(current, previous);
  const service = new SigningKeysService(new Database(dataSource), keyring, loadConfig({}));
  await service.onModuleInit();
  return service;
}

const retire = (kid: string, ago: string) =>
  dataSource.query(`UPDATE signing_keys SET retired_at = now() - $2::interval WHERE id = $1`, [kid, ago]);

/** What a minute does to a service that looks at its clock. */
function passAMinute(): void {
  const now = inSeconds(61).getTime();
  jest.spyOn(Date, 'now').mockReturnValue(now);
}

beforeAll(async () => {
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
});
beforeEach(() => dataSource.query('DELETE FROM signing_keys'));
afterEach(() => jest.restoreAllMocks());
afterAll(() => dataSource.destroy());

it('keeps its key through a rotation of SECRET_KEY, and needs the previous one at one start only', async () => {
  const [old, present] = [newKey(), newKey()];
  const { kid } = (await start(old)).current;
  expect((await start(present, old)).current.kid).toBe(kid);
  expect((await start(present)).current.kid).toBe(kid);
  await expect(start(old)).rejects.toThrow('No key opens');
});

it('leaves a key that opens as it is', async () => {
  const [old, present] = [newKey(), newKey()];
  await start(old);
  const sealed = () => dataSource.query('SELECT private_encrypted FROM signing_keys');
  const before = await sealed();
  await start(old, present);
  expect(await sealed()).toEqual(before);
});

it('goes on with the key it has opened, while servers of a new SECRET_KEY are started beside it', async () => {
  const [old, present] = [newKey(), newKey()];
  const before = await start(old);
  const { kid } = before.current;
  await start(present, old);
  passAMinute();
  expect((await before.find(kid))?.kid).toBe(kid);
});

it('hears within a minute that a key is retired: another one signs, and the old one is good for two hours', async () => {
  const key = newKey();
  const [one, other] = [await start(key), await start(key)];
  const { kid } = one.current;
  await retire(kid, '0');
  passAMinute();
  const found = await Promise.all(Array.from({ length: 20 }, () => one.find(kid)));
  expect(found.map((each) => each?.kid)).toEqual(Array.from({ length: 20 }, () => kid));
  await other.find(kid);
  expect(one.current.kid).not.toBe(kid);
  expect(other.current.kid).toBe(one.current.kid);
  expect(one.publicJwks().map((jwk) => jwk.kid)).toEqual([one.current.kid, kid]);
});

it('takes nothing any more that a key signed which was retired for longer', async () => {
  const service = await start(newKey());
  const { kid } = service.current;
  await retire(kid, '3 hours');
  passAMinute();
  expect(await service.find(kid)).toBeNull();
});

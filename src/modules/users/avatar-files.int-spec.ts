import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v4 as randomId, v7 as newId } from 'uuid';
import { useCore } from '../../../test/support/core.js';
import { until } from '../../../test/support/until.js';
import { Database } from '../../database/database.js';
import { AvatarFiles } from './avatar-files.js';
import { AvatarsRepository } from './avatars.repository.js';
import { UsersModule } from './users.module.js';

const DATA_DIR = mkdtempSync(join(tmpdir(), 'avatars-'));
const FOLDER = join(DATA_DIR, 'uploads', 'avatars');
const core = useCore([UsersModule], { DATA_DIR });

afterAll(() => rmSync(DATA_DIR, { recursive: true }));

beforeEach(() => {
  rmSync(join(DATA_DIR, 'uploads'), { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
});

const sweep = () => core.get(AvatarFiles).sweep();

/** The server's own sweep at its start may take a file away from the test's. */
async function untilOnlyLeft(...names: string[]): Promise<void> {
  await sweep();
  await until(() => Promise.resolve(readdirSync(FOLDER).sort().join() === names.sort().join()));
}
const picture = (name: string) => core.get(AvatarsRepository).find(core.get(Database).autocommit, name);

/** A file as the earlier version wrote it. */
function file(name = `${randomId()}.jpg`, content = name): string {
  writeFileSync(join(FOLDER, name), content);
  return name;
}

async function person(avatar: string | null): Promise<string> {
  const id = newId();
  await core.query(
    `INSERT INTO users (id, email, first_name, last_name, avatar) VALUES ($1, $2, 'Ada', 'L', $3)`,
    [id, `${id}@example.com`, avatar],
  );
  return id;
}

/** The person before the file: a sweep that finds a file of nobody leaves it for good. */
async function pictures(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, () => `${randomId()}.jpg`);
  for (const name of names) await person(name);
  for (const name of names) file(name);
  return names;
}

describe('the pictures of an earlier version', () => {
  it('are moved into the database under their names, once', async () => {
    const names = await pictures(3);

    await untilOnlyLeft();

    for (const name of names) expect(await picture(name)).toEqual(Buffer.from(name));
    expect(await sweep()).toBe(0);
  });

  it('are moved by several servers at once', async () => {
    const names = await pictures(20);

    await Promise.all([sweep(), sweep(), untilOnlyLeft()]);

    for (const name of names) expect(await picture(name)).toEqual(Buffer.from(name));
  });

  it('do not replace a picture that is stored already', async () => {
    const name = `${randomId()}.jpg`;
    const id = await person(name);
    await core.query(`INSERT INTO avatars (user_id, name, image) VALUES ($1, $2, 'newer')`, [id, name]);
    file(name);

    await untilOnlyLeft();

    expect(await picture(name)).toEqual(Buffer.from('newer'));
  });

  it('stay where they are nobody’s: they may belong to another database', async () => {
    const foreign = file();
    await pictures(1);

    await untilOnlyLeft(foreign);
    expect(await sweep()).toBe(0);

    expect(readdirSync(FOLDER)).toEqual([foreign]);
    expect(await picture(foreign)).toBeNull();
  });

  it('do not keep others from being moved where one cannot be read', async () => {
    const unreadable = `${randomId()}.jpg`;
    await person(unreadable);
    mkdirSync(join(FOLDER, unreadable));
    const names = await pictures(2);

    await untilOnlyLeft(unreadable);
    for (const name of names) expect(await picture(name)).toEqual(Buffer.from(name));
  });

  it('are told from files of another kind, which stay', async () => {
    const others = [file('secret.jpg'), file(`${randomId()}.jpg.draft`), file('README')];
    await person('secret.jpg');

    expect(await sweep()).toBe(0);
    expect(readdirSync(FOLDER).sort()).toEqual(others.sort());
  });

  it.each([
    ['no folder', () => rmSync(join(DATA_DIR, 'uploads'), { recursive: true })],
    [
      'a file where the folder was',
      () => {
        rmSync(join(DATA_DIR, 'uploads'), { recursive: true });
        writeFileSync(join(DATA_DIR, 'uploads'), '');
      },
    ],
  ])('need nothing: %s is fine', async (_, prepare) => {
    prepare();
    expect(await sweep()).toBe(0);
  });
});

describe('a picture', () => {
  it('ends with its person', async () => {
    const name = `${randomId()}.jpg`;
    const id = await person(name);
    await core
      .get(Database)
      .acrossTenants((tx) =>
        core.get(AvatarsRepository).replace(tx, { userId: id, name, image: Buffer.from('a picture') }),
      );
    expect(await picture(name)).toEqual(Buffer.from('a picture'));

    await core.query('DELETE FROM users WHERE id = $1', [id]);
    expect(await picture(name)).toBeNull();
  });

  it.each([
    '../../secret.jpg',
    '..%2f..%2fsecret.jpg',
    '/etc/passwd',
    'secret.jpg',
    `${'a'.repeat(36)}.jpg\n`,
    `${'a'.repeat(36)}.jpg.draft`,
    `${'../'.repeat(12)}.jpg`,
    '',
  ])('is not found under the name %j', async (name) => {
    const id = await person(name);
    await core.query(`INSERT INTO avatars (user_id, name, image) VALUES ($1, $2, 'secret')`, [id, name]);
    expect(await picture(name)).toBeNull();
  });
});

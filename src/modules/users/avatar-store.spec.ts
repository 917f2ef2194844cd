import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/config.js';
import { AvatarStore } from './avatar-store.js';

describe('AvatarStore', () => {
  let dataDir: string;
  let store: AvatarStore;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'avatars-'));
    store = new AvatarStore(loadConfig({ DATA_DIR: dataDir }));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const files = () => readdir(join(dataDir, 'uploads', 'avatars'));

  it('returns what was put, under a name of its own', async () => {
    const image = Buffer.from('picture');
    const [one, other] = await Promise.all([store.put(image), store.put(image)]);

    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.jpg$/);
    expect(one).not.toBe(other);
    expect(await store.read(one)).toEqual(image);
    expect((await files()).sort()).toEqual([one, other].sort());
  });

  it('leaves no file when it cannot write', async () => {
    await writeFile(join(dataDir, 'uploads'), 'a file where the folder belongs');
    await expect(store.put(Buffer.from('picture'))).rejects.toThrow();
    expect(await readdir(dataDir)).toEqual(['uploads']);
  });

  it('removes a picture, and succeeds when it does not exist', async () => {
    const name = await store.put(Buffer.from('picture'));
    await store.remove(name);
    await store.remove(name);

    expect(await store.read(name)).toBeNull();
    expect(await files()).toEqual([]);
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
  ])('finds no picture named %j and removes none', async (name) => {
    await store.put(Buffer.from('picture'));
    await writeFile(join(dataDir, 'secret.jpg'), 'secret');
    await writeFile(join(dataDir, 'uploads', 'avatars', 'secret.jpg'), 'secret');

    expect(await store.read(name)).toBeNull();
    await store.remove(name);
    expect(await readdir(dataDir)).toContain('secret.jpg');
    expect(await files()).toContain('secret.jpg');
  });
});

import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { v4 as randomId } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';

const NAME = /^[0-9a-f-]{36}\.jpg$/;

/** Stores pictures under `<DATA_DIR>/uploads/avatars`, each under a random name that is never reused. */
@Injectable()
export class AvatarStore {
  private readonly folder: string;

  constructor(@Inject(CONFIG) config: Config) {
    this.folder = join(config.DATA_DIR, 'uploads', 'avatars');
  }

  /**
   * Writes the file atomically and syncs it to disk, so that a crash leaves the whole file or none. Returns its name.
   */
  async put(image: Buffer): Promise<string> {
    const name = `${randomId()}.jpg`;
    const draft = join(this.folder, `${name}.draft`);
    await mkdir(this.folder, { recursive: true });
    try {
      await writeSynced(draft, image);
      await rename(draft, join(this.folder, name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await sync(this.folder);
    return name;
  }

  /** Null if the name does not have this store's format or the file does not exist. */
  async read(name: string): Promise<Buffer | null> {
    if (!NAME.test(name)) return null;
    try {
      return await readFile(join(this.folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Deletes the picture if it exists. Ignores a name that does not have this store's format. */
  async remove(name: string): Promise<void> {
    if (NAME.test(name)) await rm(join(this.folder, name), { force: true });
  }
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sync(folder: string): Promise<void> {
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

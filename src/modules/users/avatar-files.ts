import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../common/periodic-sweep.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AvatarsRepository, isAvatarName } from './avatars.repository.js';

const BATCH = 500;

/**
 * Moves the pictures that an earlier version stored under `<DATA_DIR>/uploads/avatars` into the database, and deletes
 * each file once its picture is stored. A file that is nobody's picture stays: it may belong to another database.
 */
@Injectable()
export class AvatarFiles extends PeriodicSweep {
  private readonly folder: string;
  /** Files that stay. Each is looked up once, because that reads all people. */
  private readonly left = new Set<string>();

  constructor(
    private readonly avatars: AvatarsRepository,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    this.folder = join(config.DATA_DIR, 'uploads', 'avatars');
  }

  /** Returns the number of pictures that were moved. */
  async sweep(): Promise<number> {
    const names = (await this.list()).filter((name) => isAvatarName(name) && !this.left.has(name));
    let moved = 0;
    for (let start = 0; start < names.length && !this.isStopping; start += BATCH)
      moved += await this.moveAll(names.slice(start, start + BATCH));
    if (names.length > 0)
      this.logger.warn(`${moved} pictures were moved into the database; ${this.left.size} files stay`);
    return moved;
  }

  private async list(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  }

  private async moveAll(names: string[]): Promise<number> {
    const owners = await this.avatars.findOwners(names);
    let moved = 0;
    for (const name of names) {
      const userId = owners.get(name);
      if (userId === undefined) this.left.add(name);
      else if (!this.isStopping && (await this.move(name, userId))) moved += 1;
    }
    return moved;
  }

  private async move(name: string, userId: string): Promise<boolean> {
    const file = join(this.folder, name);
    try {
      await this.avatars.insertMissing({ userId, name, image: await readFile(file) });
      await rm(file, { force: true });
      return true;
    } catch (error) {
      // Another server that shares the folder was faster
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      this.left.add(name);
      this.logger.warn(`The picture ${name} was not moved: ${String((error as Error).message)}`);
      return false;
    }
  }
}

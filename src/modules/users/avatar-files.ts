import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../common/periodic-sweep.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AvatarsRepository, isAvatarName } from './avatars.repository.js';

const BATCH = 500;
/** A server of an earlier version, which shares the folder, writes the file before it names it in the person's row. */
const SETTLED_MS = 3_600_000;

/**
 * Moves the pictures that an earlier version stored under `<DATA_DIR>/uploads/avatars` into the database. Deletes each
 * file once its picture is stored, and files that nobody's picture refers to any more.
 */
@Injectable()
export class AvatarFiles extends PeriodicSweep {
  private readonly folder: string;

  constructor(
    private readonly avatars: AvatarsRepository,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    this.folder = join(config.DATA_DIR, 'uploads', 'avatars');
  }

  /** Returns the number of pictures that were moved. */
  async sweep(): Promise<number> {
    const names = (await this.list()).filter(isAvatarName);
    let moved = 0;
    for (let start = 0; start < names.length && !this.isStopping; start += BATCH)
      moved += await this.moveAll(names.slice(start, start + BATCH));
    if (moved > 0) this.logger.log(`${moved} pictures were moved into the database`);
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
      if (this.isStopping) break;
      try {
        if (await this.settle(name, owners.get(name))) moved += 1;
      } catch (error) {
        // Another server that shares the folder was faster
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        this.logger.warn(`The picture ${name} was not moved: ${String((error as Error).message)}`);
      }
    }
    return moved;
  }

  /** Returns whether the picture was moved. */
  private async settle(name: string, userId: string | undefined): Promise<boolean> {
    if (userId !== undefined) {
      const image = await readFile(join(this.folder, name));
      await this.avatars.insertMissing({ userId, name, image });
    } else if (!(await this.isSettled(name))) return false;
    await this.delete(name);
    return userId !== undefined;
  }

  private async isSettled(name: string): Promise<boolean> {
    const { mtimeMs } = await stat(join(this.folder, name));
    return Date.now() - mtimeMs > SETTLED_MS;
  }

  private async delete(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }
}

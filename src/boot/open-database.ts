import type { DataSource } from 'typeorm';
import type { Log } from '../common/log.js';
import type { Config } from '../config/config.js';
import { createDataSource } from '../database/data-source.js';
import { EmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { User } from '../modules/users/entities/user.entity.js';

export const ENTITIES = [User];

export interface OpenDatabase {
  dataSource: DataSource;
  /** Closes the connections, and stops the database where it is ours. */
  close(): Promise<void>;
}

/** Connects to DATABASE_URL, or starts the embedded PostgreSQL and connects to that. */
export async function openDatabase(config: Config, log: Log): Promise<OpenDatabase> {
  const embedded = config.DATABASE_URL
    ? null
    : await EmbeddedPostgres.start(config.DATA_DIR, (line) => log.write('info', line));
  const dataSource = createDataSource(embedded?.url ?? config.DATABASE_URL ?? '', config, ENTITIES);
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await embedded?.stop();
  };
  try {
    await dataSource.initialize();
  } catch (error) {
    await close();
    throw error;
  }
  return { dataSource, close };
}

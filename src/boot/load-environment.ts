import { shareOf, type WorkerPlace } from '../common/workers.js';
import { type Config, ConfigError, loadConfig } from '../config/config.js';
import { assertFolders } from '../config/folders.js';
import { ENVIRONMENT_PROBLEMS } from './environment-file.js';

/**
 * Reads the configuration from the environment; `.env` in this folder supplies the variables that are not set there.
 * Throws ConfigError.
 */
function loadEnvironment(options?: { serves: boolean }): Config {
  if (ENVIRONMENT_PROBLEMS.length > 0) throw new ConfigError([...ENVIRONMENT_PROBLEMS]);
  return loadConfig(process.env, options);
}

/** The configuration of a program beside the server. Throws ConfigError, also if it could not write where it has to. */
export function loadForCommand(): Config {
  const config = loadEnvironment({ serves: false });
  assertFolders(config, { serves: false });
  return config;
}

/** Two connections for each of the two pools: a request that waits for a lock must not stop all others. */
const MIN_POOL_SIZE = 4;

/** The configuration of one worker: of what a server has in all, it gets its part. */
export function loadShare(place: WorkerPlace | null): Config {
  const config = loadEnvironment();
  if (place === null) return config;
  return Object.freeze({
    ...config,
    DATABASE_POOL_SIZE: shareOf(config.DATABASE_POOL_SIZE, place, MIN_POOL_SIZE),
    HASH_CONCURRENCY: shareOf(config.HASH_CONCURRENCY, place, 1),
    HASH_QUEUE_LIMIT: shareOf(config.HASH_QUEUE_LIMIT, place, 1),
  });
}

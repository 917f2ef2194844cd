import { existsSync } from 'node:fs';
import { type Config, loadConfig } from '../config/config.js';

/**
 * Reads the configuration from the environment; `.env` in this folder supplies the variables that are not set there.
 */
export function loadEnvironment(options?: { serves: boolean }): Config {
  return loadConfig(readEnvironment(), options);
}

/** As `loadEnvironment`, before it is validated. */
export function readEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

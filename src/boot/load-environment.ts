import { existsSync } from 'node:fs';
import { type Config, loadConfig } from '../config/config.js';

/** The configuration from the environment and, where it leaves a variable open, from `.env` in this folder. */
export function loadEnvironment(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return loadConfig(process.env);
}

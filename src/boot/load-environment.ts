import './environment-file.js';
import { type Config, loadConfig } from '../config/config.js';

/**
 * Reads the configuration from the environment; `.env` in this folder supplies the variables that are not set there.
 */
export function loadEnvironment(options?: { serves: boolean }): Config {
  return loadConfig(process.env, options);
}

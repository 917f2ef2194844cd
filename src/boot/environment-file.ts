import { existsSync } from 'node:fs';

/* `.env` in this folder supplies the variables that are not set. Programs import this before anything else. */
if (existsSync('.env')) process.loadEnvFile('.env');

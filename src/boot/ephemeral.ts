import { createHash } from 'node:crypto';
import { type Config, ConfigError } from '../config/config.js';
import { NO_SEED, type Seed } from '../modules/seeding/seed.js';

/** A server that vanishes: its configuration, and what its database begins with. */
export interface Ephemeral {
  seed: Seed;
  seedFile: string | null;
}

/** What ties a server to something that would outlast it, or to other servers. */
const LEFT_OUT = [
  'DATABASE_URL',
  'DATA_DIR',
  'MIGRATE_ON_START',
  'REDIS_URL',
  'REVOKE_BEFORE',
  'WORKERS',
] as const;

/**
 * The CI profile, which applies where the environment says nothing else: no limit by client address, since all tests have
 * one, and cheap hashes. The limits by account, number and tenant stay.
 */
export const CI_PROFILE: Readonly<Record<string, string>> = {
  THROTTLE_ENABLED: 'false',
  LOGIN_ADDRESS_FAILURES: '100000',
  SMS_ADDRESS_PER_HOUR: '1000000',
  SMS_ADDRESS_PER_DAY: '1000000',
  SMS_BLOCK_PER_HOUR: '1000000',
  ARGON2_MEMORY_KIB: '64',
  ARGON2_TIME_COST: '1',
  LOG_LEVEL: 'warn',
  // The same in every run; nothing that it protects outlives the server
  SECRET_KEY: createHash('sha256').update('an ephemeral gatehouse').digest('base64'),
};

/** What says where to send something outside. A developer's `.env` may name a real mail server. */
const SENDS_OUT = ['SMTP_URL', 'SMS_URL', 'SMS_WEBHOOK_SECRET', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

/**
 * Replaces the environment by that of an ephemeral server. Returns which variables of the file `.env`, whose names are
 * given, would have had it send to the outside: they count only if the environment itself has them. Throws ConfigError.
 */
export function prepareEphemeral(environment: NodeJS.ProcessEnv, fromFile: ReadonlySet<string>): string[] {
  if (environment.NODE_ENV?.trim().toLowerCase() === 'production') {
    throw new ConfigError([
      'NODE_ENV may not be production with --ephemeral, which opens /dev and deletes its database. Example: NODE_ENV=test',
    ]);
  }
  const kept = SENDS_OUT.filter((name) => fromFile.has(name) && (environment[name]?.trim() ?? '') !== '');
  for (const name of [...LEFT_OUT, ...kept]) delete environment[name];
  for (const [name, value] of Object.entries(CI_PROFILE)) {
    if ((environment[name]?.trim() ?? '') === '') environment[name] = value;
  }
  return kept;
}

/** Throws ConfigError. */
export async function readSeedOf(seedFile: string | null): Promise<Ephemeral> {
  if (seedFile === null) return { seed: NO_SEED, seedFile };
  const { readSeed } = await import('../modules/seeding/seed-file.js');
  return { seed: readSeed(seedFile), seedFile };
}

/** The fixed one-time codes of the seed, beside those of OTP_TEST_NUMBERS. */
export function withCodes(config: Config, { seed }: Ephemeral): Config {
  return Object.freeze({ ...config, OTP_TEST_NUMBERS: new Map([...config.OTP_TEST_NUMBERS, ...seed.codes]) });
}

import { prefixOf } from './validators.js';
import { weaknessOfKey, weaknessOfText } from './weak-secrets.js';

/** The variables that production restricts further than their own validators do. */
export interface ProductionSettings extends Record<string, unknown> {
  SECRET_KEY?: string;
  SECRET_KEY_NEXT?: string;
  SECRET_KEY_PREVIOUS?: string;
  JWT_SECRET?: string;
  ARGON2_MEMORY_KIB: number;
  ARGON2_TIME_COST: number;
  TRUST_PROXY: string[];
}

/** A setting that weakens a production server: the variable, and the fault. */
export interface Weakness {
  name: string;
  fault: string;
  example?: string;
}

/** OWASP Password Storage, argon2id with p=1: each row is equally strong. */
const ARGON2_FLOORS = [
  { memoryKib: 47_104, timeCost: 1 },
  { memoryKib: 19_456, timeCost: 2 },
] as const;

const DAY = 86_400;

/**
 * Bounds in production: a limit that never applies, or a lifetime beyond its source, would disable a protection
 * unnoticed.
 */
const BOUNDS: Record<string, { min?: number; max?: number }> = {
  // OWASP, Denial of Service: a client that sends or reads slowly must not occupy a connection for longer
  HTTP_HEADERS_SECONDS: { max: 60 },
  HTTP_STALL_SECONDS: { max: 60 },
  // One stuck transaction or one slow database must not occupy every connection
  DATABASE_TIMEOUT_SECONDS: { max: 60 },
  DATABASE_LOCK_SECONDS: { max: 30 },
  DATABASE_CONNECT_SECONDS: { max: 30 },
  DATABASE_IDLE_SECONDS: { max: 60 },
  REQUEST_TIMEOUT_SECONDS: { max: 120 },
  // Supervisors kill what takes longer
  SHUTDOWN_SECONDS: { max: 60 },
  // Rate-limited requests wait for it
  REDIS_TIMEOUT_MS: { max: 1000 },
  // Bounds the delay of a message whose server crashed; each response must arrive within one try
  DELIVERY_TRY_SECONDS: { max: 45 },
  SMS_TIMEOUT_SECONDS: { max: 40 },
  // How soon a server that cannot read the keys stops signing with a removed one (docs/signing-keys.md)
  SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS: { max: 60 },
  // NIST SP 800-63B-4 §2.1.3
  REFRESH_IDLE_SECONDS: { max: 30 * DAY },
  // Within it, replay of a stolen refresh token looks like a retry
  REFRESH_GRACE_SECONDS: { max: 60 },
  // OWASP ASVS 5.0 V7.5.3: recent authentication means minutes
  REAUTH_SECONDS: { max: 3600 },
  // OWASP ASVS 5.0 V6.4.1
  INVITATION_TTL_SECONDS: { max: 30 * DAY },
  // A longer wait would make it cheaper for strangers to lock an owner out, above all of account recovery (docs/sms.md)
  SLOW_DOWN_FIRST_WAIT_SECONDS: { max: 60 },
  LOGIN_FAILURE_WINDOW_SECONDS: { min: 60 },
  LOGIN_ADDRESS_FAILURES: { max: 1000 },
  LOGIN_ADDRESS_WINDOW_SECONDS: { min: 60 },
  OTP_FAILURE_WINDOW_SECONDS: { min: 60 },
  TWO_FACTOR_FAILURE_WINDOW_SECONDS: { min: 60 },
  // Many authenticators support no other step, and a longer one extends the life of a code that was observed
  TOTP_STEP_SECONDS: { max: 30 },
  // Five guesses at each of that many codes: a chance of 0.05 % for one number and day
  SMS_PER_DAY: { max: 100 },
  SMS_PER_TEN_MINUTES: { max: 30 },
  EMAIL_PER_HOUR: { max: 100 },
  EMAIL_PER_DAY: { max: 1000 },
};

export function findWeaknesses(values: ProductionSettings): Weakness[] {
  return [
    ...findWeakSecrets(values),
    ...findWeakHashes(values),
    ...findBeyond(values),
    ...findOpenTrust(values),
  ];
}

function findWeakSecrets(values: ProductionSettings): Weakness[] {
  const { SECRET_KEY, SECRET_KEY_NEXT, SECRET_KEY_PREVIOUS, JWT_SECRET } = values;
  const found = {
    SECRET_KEY: SECRET_KEY && weaknessOfKey(SECRET_KEY),
    SECRET_KEY_NEXT: SECRET_KEY_NEXT && weaknessOfKey(SECRET_KEY_NEXT),
    SECRET_KEY_PREVIOUS: SECRET_KEY_PREVIOUS && weaknessOfKey(SECRET_KEY_PREVIOUS),
    JWT_SECRET: JWT_SECRET && weaknessOfText(JWT_SECRET),
  };
  return Object.entries(found).flatMap(([name, weakness]) => {
    if (!weakness) return [];
    const fault = `can be guessed, as ${weakness}: production requires a random one`;
    return [{ name, fault, example: 'the output of: openssl rand -base64 32' }];
  });
}

function findWeakHashes({
  ARGON2_MEMORY_KIB: memory,
  ARGON2_TIME_COST: time,
}: ProductionSettings): Weakness[] {
  const [{ memoryKib: most }, { memoryKib: least, timeCost }] = ARGON2_FLOORS;
  const weak: Weakness[] = [];
  if (memory < least) {
    const fault = `must be at least ${least} in production`;
    weak.push({ name: 'ARGON2_MEMORY_KIB', fault, example: `${least}` });
  }
  if (time < timeCost && memory < most) {
    const fault = `must be at least ${timeCost} in production, or 1 with ARGON2_MEMORY_KIB=${most}`;
    weak.push({ name: 'ARGON2_TIME_COST', fault, example: `${timeCost}` });
  }
  return weak;
}

function findBeyond(values: ProductionSettings): Weakness[] {
  return Object.entries(BOUNDS).flatMap(([name, { min = 0, max = Infinity }]) => {
    const value = values[name];
    if (typeof value !== 'number' || (value >= min && value <= max)) return [];
    return [
      {
        name,
        fault: value < min ? `must be at least ${min} in production` : `may be at most ${max} in production`,
      },
    ];
  });
}

/** If large address ranges were trusted as proxies, clients could forge addresses and evade every limit by address. */
function findOpenTrust({ TRUST_PROXY: trusted }: ProductionSettings): Weakness[] {
  const open = (trusted ?? []).filter((network) => network.includes('/') && prefixOf(network) < 8);
  return open.length === 0
    ? []
    : [{ name: 'TRUST_PROXY', fault: `trusts half the world with ${open.join()}` }];
}

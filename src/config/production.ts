import { weaknessOfKey, weaknessOfText } from './weak-secrets.js';

/** As much of the environment as production judges more strictly than the bounds of each variable do. */
export interface ProductionSettings extends Record<string, unknown> {
  SECRET_KEY?: string;
  SECRET_KEY_PREVIOUS?: string;
  JWT_SECRET?: string;
  ARGON2_MEMORY_KIB: number;
  ARGON2_TIME_COST: number;
  TRUST_PROXY: string[];
}

/** What weakens a server that strangers reach: the variable, and what is wrong with it. */
export interface Weakness {
  name: string;
  fault: string;
  example?: string;
}

/** OWASP Password Storage, argon2id with p=1: each is as good as the other. */
const ARGON2_FLOORS = [
  { memoryKib: 47_104, timeCost: 1 },
  { memoryKib: 19_456, timeCost: 2 },
] as const;

const DAY = 86_400;

/** A limit that never bites, and a lifetime beyond what its source allows, would switch a protection off unseen. */
const BOUNDS: Record<string, { min?: number; max?: number }> = {
  // OWASP, Denial of Service: whoever sends slowly, or takes slowly, holds a connection for no longer
  HTTP_HEADERS_SECONDS: { max: 60 },
  HTTP_STALL_SECONDS: { max: 60 },
  // What is limited waits for it
  REDIS_TIMEOUT_SECONDS: { max: 10 },
  // A message whose server died is on its way again soon; an answer is waited for within one try
  DELIVERY_TRY_SECONDS: { max: 45 },
  SMS_TIMEOUT_SECONDS: { max: 40 },
  // How soon a removed key signs no more on a server that cannot read of it (docs/signing-keys.md)
  SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS: { max: 60 },
  // NIST SP 800-63B-4 §2.1.3
  REFRESH_IDLE_SECONDS: { max: 30 * DAY },
  // Within it a stolen refresh token is not told from a retried one
  REFRESH_GRACE_SECONDS: { max: 60 },
  // OWASP ASVS 5.0 V7.5.3: recent means minutes
  REAUTH_SECONDS: { max: 3600 },
  // V6.4.1
  INVITATION_TTL_SECONDS: { max: 30 * DAY },
  // A longer one would let strangers lock the owner out at less cost, above all of the way back in (docs/sms.md)
  SLOW_DOWN_FIRST_WAIT_SECONDS: { max: 60 },
  LOGIN_FAILURE_WINDOW_SECONDS: { min: 60 },
  LOGIN_ADDRESS_FAILURES: { max: 1000 },
  LOGIN_ADDRESS_WINDOW_SECONDS: { min: 60 },
  OTP_FAILURE_WINDOW_SECONDS: { min: 60 },
  TWO_FACTOR_FAILURE_WINDOW_SECONDS: { min: 60 },
  // Many authenticators know no other, and a longer step is a longer life of a code that was seen
  TOTP_STEP_SECONDS: { max: 30 },
  // Five guesses at each of so many codes: 0.05 % for a number and day
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

function findWeakSecrets({ SECRET_KEY, SECRET_KEY_PREVIOUS, JWT_SECRET }: ProductionSettings): Weakness[] {
  const found = {
    SECRET_KEY: SECRET_KEY && weaknessOfKey(SECRET_KEY),
    SECRET_KEY_PREVIOUS: SECRET_KEY_PREVIOUS && weaknessOfKey(SECRET_KEY_PREVIOUS),
    JWT_SECRET: JWT_SECRET && weaknessOfText(JWT_SECRET),
  };
  return Object.entries(found).flatMap(([name, weakness]) => {
    if (!weakness) return [];
    const fault = `can be guessed, as ${weakness}: production wants one that was drawn at random`;
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

/** Whoever may say on whose behalf a request comes could be anybody, and every limit by address would be void. */
function findOpenTrust({ TRUST_PROXY: trusted }: ProductionSettings): Weakness[] {
  const open = (trusted ?? []).filter((network) => /\/0*[0-7]$/.test(network));
  return open.length === 0
    ? []
    : [{ name: 'TRUST_PROXY', fault: `trusts half the world with ${open.join()}` }];
}

import { availableParallelism } from 'node:os';
import { str } from 'envalid';
import { origins } from './origins.js';
import { audiences } from './product-audiences.js';
import { RETENTION_VARIABLES } from './retention-variables.js';
import { SMS_URL_EXAMPLE } from './sms-provider.js';
import {
  base64Key,
  bearerToken,
  choice,
  countries,
  flag,
  hostName,
  integer,
  issuer,
  list,
  listenHost,
  mailbox,
  networks,
  optionalSeconds,
  postgresUrl,
  ratio,
  redisUrl,
  rootUrl,
  seconds,
  smsUrl,
  smtpUrl,
  testNumbers,
  time,
  webUrl,
  workers,
} from './validators.js';

/** OpenTelemetry: General SDK Configuration. */
const SAMPLERS = ['always_on', 'always_off', 'traceidratio'].flatMap((sampler) => [
  sampler,
  `parentbased_${sampler}`,
]);

/**
 * Every environment variable of Gatehouse, with its default and a valid example. The README's table and `.env.example`
 * describe them. The server refuses to start on an invalid value.
 */
export const VARIABLES = {
  NODE_ENV: choice(['development', 'test', 'production'])({ default: 'development', example: 'production' }),
  HOST: listenHost({ default: '127.0.0.1', example: '0.0.0.0' }),
  /** Outside production, allows a HOST that other machines reach: /dev then shows them every message. */
  ALLOW_DEVELOPMENT_ON_NETWORK: flag({ default: false, example: 'true' }),
  PORT: integer({ min: 1, max: 65_535, default: 3000, example: '3000' }),
  /** Processes that serve; `auto`: as many as cores. */
  WORKERS: workers({ default: 1, example: 'auto' }),
  /** If unset, development starts an embedded PostgreSQL in DATA_DIR; production refuses to start. */
  DATABASE_URL: postgresUrl({
    default: undefined,
    example: 'postgres://gatehouse:secret@db.internal:5432/gatehouse',
  }),
  DATABASE_POOL_SIZE: integer({ min: 4, max: 200, default: 10, example: '10' }),
  /** Time limits of one statement, of the wait for one lock, for one connection, and of a transaction that does nothing. */
  DATABASE_TIMEOUT_SECONDS: seconds({ max: 600, default: 5, example: '5' }),
  DATABASE_LOCK_SECONDS: seconds({ max: 600, default: 2, example: '2' }),
  DATABASE_CONNECT_SECONDS: seconds({ max: 600, default: 2, example: '2' }),
  DATABASE_IDLE_SECONDS: seconds({ max: 600, default: 5, example: '5' }),
  /** The files of the products. Read when the program loads (`common/products`). */
  PRODUCTS_DIR: str({ default: undefined, example: '/etc/gatehouse/products' }),
  DATA_DIR: str({ default: '.data', example: '/var/lib/gatehouse' }),
  MIGRATE_ON_START: flag({ default: true, example: 'false' }),
  SECRET_KEY: base64Key({ default: undefined, example: 'the output of: openssl rand -base64 32' }),
  /** Accepted beside SECRET_KEY, and not used for anything new: before and after a rotation (docs/secret-key.md). */
  SECRET_KEY_NEXT: base64Key({ default: undefined, example: 'the SECRET_KEY you are rotating to' }),
  SECRET_KEY_PREVIOUS: base64Key({
    default: undefined,
    example: 'the SECRET_KEY you are rotating away from',
  }),
  /** After a restore: everything issued before this time ends at the next start, once (docs/backup.md). */
  REVOKE_BEFORE: time({ default: undefined, example: '2026-11-26T22:00:00Z' }),
  REDIS_URL: redisUrl({ default: undefined, example: 'redis://cache.internal:6379' }),
  /** How long a rate-limited request waits for Redis at most; then the server counts by itself until Redis is back. */
  REDIS_TIMEOUT_MS: integer({ min: 10, max: 600_000, default: 100, example: '100' }),
  PUBLIC_URL: rootUrl({ default: undefined, example: 'https://id.example.com' }),
  APP_URL: webUrl({ default: undefined, example: 'https://app.example.com' }),
  /** Of the products whose tokens only they accept, beside those of their files. All others share PUBLIC_URL. */
  PRODUCT_AUDIENCES: audiences({
    default: new Map(),
    example: 'katixo=https://books.example.com,datixlab=https://agents.example.com',
  }),
  TRUST_PROXY: networks({ default: [], example: '10.0.0.0/8,127.0.0.1' }),
  CORS_ORIGINS: origins({ default: [], example: 'https://app.example.com,https://admin.example.com' }),
  /** Lets pages of CORS_ORIGINS keep the refresh token in a cookie (docs/browser-sessions.md). */
  BROWSER_SESSIONS: flag({ default: false, example: 'true' }),
  CONTRACTS: list({
    choices: ['primary', 'katixo', 'datixlab'],
    default: ['primary', 'katixo', 'datixlab'],
    example: 'primary,katixo',
  }),
  /** Serves the contract of operators at /platform (docs/operators.md). */
  PLATFORM_ENABLED: flag({ default: false, example: 'true' }),
  DOCS_ENABLED: flag({ default: undefined, example: 'true' }),
  LOG_LEVEL: choice(['debug', 'info', 'warn', 'error', 'silent'])({ default: 'info', example: 'info' }),
  METRICS_TOKEN: bearerToken({ default: undefined, example: 'the output of: openssl rand -base64 32' }),
  /** Where traces are sent (docs/tracing.md). The OpenTelemetry SDK reads its other variables itself. */
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl({ default: undefined, example: 'http://collector.internal:4318' }),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice(['http/protobuf', 'http/json'])({
    default: 'http/protobuf',
    example: 'http/protobuf',
  }),
  OTEL_TRACES_SAMPLER: choice([...SAMPLERS])({
    default: 'parentbased_always_on',
    example: 'parentbased_traceidratio',
  }),
  OTEL_TRACES_SAMPLER_ARG: ratio({ default: undefined, example: '0.1' }),
  /** Time limits for the headers, for the whole request, and between two requests of one connection. */
  HTTP_HEADERS_SECONDS: seconds({ max: 300, default: 10, example: '10' }),
  HTTP_REQUEST_SECONDS: seconds({ max: 300, default: 30, example: '30' }),
  HTTP_KEEP_ALIVE_SECONDS: seconds({ max: 600, default: 65, example: '65' }),
  /** Within which a request is answered, from its complete body: after that, with 503. */
  REQUEST_TIMEOUT_SECONDS: seconds({ max: 600, default: 10, example: '10' }),
  /** A client that reads nothing of a streamed response for this long is disconnected. */
  HTTP_STALL_SECONDS: seconds({ max: 600, default: 60, example: '60' }),
  /** After SIGTERM: how long everything is still served while /health/ready is 503, and then how long the stop may take. */
  SHUTDOWN_DELAY_SECONDS: optionalSeconds({ min: 0, max: 300, example: '5' }),
  SHUTDOWN_SECONDS: seconds({ min: 1, max: 600, default: 9, example: '9' }),
  THROTTLE_ENABLED: flag({ default: true, example: 'false' }),

  /** Time limit of one try to deliver a message. */
  DELIVERY_TRY_SECONDS: seconds({ min: 45, max: 600, default: 45, example: '45' }),
  SMTP_URL: smtpUrl({ default: undefined, example: 'smtps://user:password@mail.example.com:465' }),
  /** What the server calls itself to the SMTP server (RFC 5321 §4.1.1.1). Default: the host of PUBLIC_URL. */
  SMTP_NAME: hostName({ default: undefined, example: 'accounts.example.com' }),
  MAIL_FROM: mailbox({
    default: 'Gatehouse <no-reply@localhost>',
    example: 'Example Accounts <accounts@example.com>',
  }),

  SMS_URL: smsUrl({ default: undefined, example: SMS_URL_EXAMPLE }),
  SMS_WEBHOOK_SECRET: str({ default: undefined, example: 'the output of: openssl rand -base64 32' }),
  // Shorter than one try, and longer than the ten seconds after which Node stops connecting
  SMS_TIMEOUT_SECONDS: seconds({ max: 500, default: 15, example: '15' }),
  SMS_COUNTRIES: countries({ default: undefined, example: 'IN,GB,US' }),

  SIGNING_ALG: choice(['ES256', 'HS256'])({ default: 'ES256', example: 'ES256' }),
  JWT_SECRET: str({
    default: undefined,
    example: 'at least 32 characters, shared with the resource servers',
  }),
  /** With keys read longer ago, no token is accepted. So a removed key is refused everywhere within this time. */
  SIGNING_KEYS_MAX_AGE_SECONDS: seconds({ min: 1, max: 60, default: 5, example: '5' }),
  /** With keys read longer ago, no token is signed. */
  SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS: seconds({ min: 60, max: 600, default: 60, example: '60' }),
  ACCESS_TOKEN_TTL_SECONDS: seconds({ min: 1, max: 3600, default: 3600, example: '3600' }),
  REFRESH_IDLE_SECONDS: seconds({ default: 7 * 86_400, example: '604800' }),
  REFRESH_ABSOLUTE_SECONDS: seconds({ max: 30 * 86_400, default: 30 * 86_400, example: '2592000' }),
  REFRESH_GRACE_SECONDS: seconds({ min: 0, max: 600, default: 10, example: '10' }),
  /** How long an operator acts in the place of a person. */
  IMPERSONATION_SECONDS: seconds({ min: 60, max: 900, default: 900, example: '900' }),
  MAX_SESSIONS_PER_USER: integer({ min: 1, max: 1000, default: 20, example: '20' }),
  REAUTH_SECONDS: seconds({ default: 1800, example: '1800' }),

  PASSWORD_MIN_LENGTH: integer({ min: 8, max: 64, default: 8, example: '15' }),
  ARGON2_MEMORY_KIB: integer({ min: 8, max: 1_048_576, default: 19_456, example: '19456' }),
  ARGON2_TIME_COST: integer({ min: 1, max: 20, default: 2, example: '2' }),
  HASH_CONCURRENCY: integer({
    min: 1,
    max: 64,
    // Node hashes on four threads; one stays free for files and host names
    default: Math.min(3, Math.max(2, availableParallelism())),
    example: '2',
  }),
  HASH_QUEUE_LIMIT: integer({ min: 1, max: 10_000, default: 100, example: '100' }),
  /** The wait after the first guess beyond the limit; each further one doubles it, up to an hour. */
  SLOW_DOWN_FIRST_WAIT_SECONDS: seconds({ min: 60, max: 3600, default: 60, example: '60' }),
  LOGIN_FAILURES_BEFORE_DELAY: integer({ min: 1, max: 100, default: 5, example: '5' }),
  LOGIN_FAILURE_WINDOW_SECONDS: seconds({ default: 900, example: '900' }),
  LOGIN_ADDRESS_FAILURES: integer({ min: 1, max: 100_000, default: 20, example: '20' }),
  LOGIN_ADDRESS_WINDOW_SECONDS: seconds({ default: 600, example: '600' }),
  REGISTRATIONS_PER_HOUR: integer({ min: 1, max: 1_000_000, default: 20, example: '20' }),

  OTP_TTL_SECONDS: seconds({ max: 600, default: 300, example: '300' }),
  OTP_RECOVERY_TTL_SECONDS: seconds({ max: 600, default: 600, example: '600' }),
  OTP_MAX_ATTEMPTS: integer({ min: 1, max: 10, default: 5, example: '5' }),
  OTP_FAILURES_BEFORE_DELAY: integer({ min: 1, max: 100, default: 10, example: '10' }),
  OTP_FAILURE_WINDOW_SECONDS: seconds({ default: 3600, example: '3600' }),
  RECOVERY_FAILURES_BEFORE_DELAY: integer({ min: 1, max: 1000, default: 50, example: '50' }),
  RECOVERY_FAILURE_WINDOW_SECONDS: seconds({ default: 86_400, example: '86400' }),
  OTP_TEST_NUMBERS: testNumbers({ default: new Map(), example: '+919999900000:123456' }),
  OTP_TEST_NUMBERS_IN_PRODUCTION: flag({ default: false, example: 'true' }),
  EMAIL_CODE_SIGN_IN: flag({ default: false, example: 'true' }),
  SIGNUP_PROOF_TTL_SECONDS: seconds({ max: 3600, default: 600, example: '600' }),
  TEMP_TOKEN_TTL_SECONDS: seconds({ max: 600, default: 300, example: '300' }),
  TEMP_TOKEN_MAX_ATTEMPTS: integer({ min: 1, max: 10, default: 5, example: '5' }),
  TWO_FACTOR_FAILURES_BEFORE_DELAY: integer({ min: 1, max: 100, default: 10, example: '10' }),
  TWO_FACTOR_FAILURE_WINDOW_SECONDS: seconds({ default: 900, example: '900' }),
  TWO_FACTOR_ISSUER: issuer({ default: 'Gatehouse', example: 'Acme' }),
  /** RFC 6238 §4.1, time step X. Authenticator apps use 30 seconds, so production accepts no other value. */
  TOTP_STEP_SECONDS: seconds({ min: 30, max: 3600, default: 30, example: '30' }),
  TRUSTED_DEVICE_TTL_SECONDS: seconds({ max: 90 * 86_400, default: 30 * 86_400, example: '2592000' }),

  API_KEY_TTL_DAYS: integer({ min: 1, max: 3650, default: 90, example: '90' }),
  API_KEY_ROTATION_OVERLAP_SECONDS: seconds({ min: 0, max: 7 * 86_400, default: 86_400, example: '86400' }),
  API_KEY_USAGE_FLUSH_SECONDS: seconds({ min: 1, max: 300, default: 5, example: '5' }),
  RECOVERY_REVOKES_API_KEYS_DAYS: integer({ min: 0, max: 3650, default: 30, example: '30' }),
  MAX_API_KEYS_PER_USER: integer({ min: 1, max: 10_000, default: 50, example: '50' }),
  ...RETENTION_VARIABLES,
  MAX_ROLES_PER_TENANT: integer({ min: 10, max: 1000, default: 100, example: '100' }),
  MAX_DEPARTMENTS_PER_TENANT: integer({ min: 1, max: 10_000, default: 1000, example: '1000' }),
  MAX_TEAMS_PER_TENANT: integer({ min: 1, max: 10_000, default: 1000, example: '1000' }),

  RESET_LINK_TTL_SECONDS: seconds({ max: 86_400, default: 1800, example: '1800' }),
  VERIFY_EMAIL_TTL_SECONDS: seconds({ max: 86_400, default: 86_400, example: '86400' }),
  EMAIL_CHANGE_REVERT_SECONDS: seconds({ min: 60, max: 30 * 86_400, default: 7 * 86_400, example: '604800' }),
  INVITATION_TTL_SECONDS: seconds({ default: 72 * 3600, example: '259200' }),
  ACCOUNT_DELETION_GRACE_SECONDS: seconds({ max: 90 * 86_400, default: 14 * 86_400, example: '1209600' }),
  EMAIL_INTERVAL_SECONDS: seconds({ min: 0, default: 60, example: '60' }),
  EMAIL_PER_HOUR: integer({ min: 1, max: 100_000, default: 5, example: '5' }),
  EMAIL_PER_DAY: integer({ min: 1, max: 1_000_000, default: 20, example: '20' }),
  EMAIL_RESERVE_PER_HOUR: integer({ min: 1, max: 100_000, default: 2, example: '2' }),
  EMAIL_RESERVE_PER_DAY: integer({ min: 1, max: 1_000_000, default: 6, example: '6' }),
  EMAIL_CHANGE_SESSION_PER_HOUR: integer({ min: 1, max: 100_000, default: 3, example: '3' }),
  EMAIL_CHANGE_ACCOUNT_PER_DAY: integer({ min: 1, max: 100_000, default: 6, example: '6' }),
  EMAIL_CHANGE_TENANT_PER_DAY: integer({ min: 1, max: 1_000_000, default: 50, example: '50' }),
  INVITATION_SESSION_PER_HOUR: integer({ min: 1, max: 1_000_000, default: 40, example: '40' }),
  INVITATION_ACCOUNT_PER_HOUR: integer({ min: 1, max: 1_000_000, default: 50, example: '50' }),
  INVITATION_TENANT_PER_HOUR: integer({ min: 1, max: 1_000_000, default: 60, example: '60' }),
  INVITATION_TENANT_PER_DAY: integer({ min: 1, max: 1_000_000, default: 200, example: '200' }),

  SMS_INTERVAL_SECONDS: seconds({ min: 0, default: 60, example: '60' }),
  SMS_PER_TEN_MINUTES: integer({ min: 1, max: 100_000, default: 3, example: '3' }),
  SMS_PER_DAY: integer({ min: 1, max: 1_000_000, default: 10, example: '10' }),
  SMS_RESERVE_PER_TEN_MINUTES: integer({ min: 1, max: 100_000, default: 2, example: '2' }),
  SMS_RESERVE_PER_DAY: integer({ min: 1, max: 1_000_000, default: 4, example: '4' }),
  SMS_BLOCK_PER_HOUR: integer({ min: 1, max: 1_000_000, default: 20, example: '20' }),
  SMS_ADDRESS_PER_HOUR: integer({ min: 1, max: 1_000_000, default: 10, example: '10' }),
  SMS_ADDRESS_PER_DAY: integer({ min: 1, max: 1_000_000, default: 40, example: '40' }),
  SMS_NOTICES_PER_DAY: integer({ min: 1, max: 1_000_000, default: 6, example: '6' }),
  SMS_DAILY_BUDGET: integer({ min: 0, max: 10_000_000, default: 2_000, example: '2000' }),
  SMS_INVITATION_DAILY_BUDGET: integer({ min: 0, max: 10_000_000, default: 500, example: '500' }),
  SMS_NOTICE_DAILY_BUDGET: integer({ min: 0, max: 10_000_000, default: 200, example: '200' }),
  SMS_COUNTRY_DAILY_BUDGET: integer({ min: 0, max: 10_000_000, default: 1_000, example: '1000' }),
  SMS_TENANT_DAILY_BUDGET: integer({ min: 0, max: 10_000_000, default: 200, example: '200' }),
  SMS_HOLD_AFTER: integer({ min: 1, max: 10_000_000, default: 10, example: '10' }),
  SMS_HOLD_BELOW_PERCENT: integer({ min: 0, max: 100, default: 10, example: '10' }),
};

/** In these, blanks at either end count. Only the line break at the end, which mounted files have, is left out. */
export const SECRETS: ReadonlySet<string> = new Set([
  ...['SECRET_KEY', 'SECRET_KEY_NEXT', 'SECRET_KEY_PREVIOUS'],
  ...['JWT_SECRET', 'SMS_WEBHOOK_SECRET', 'METRICS_TOKEN'],
]);

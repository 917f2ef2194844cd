import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError, loadConfig } from '../../src/config/config.js';
import { VARIABLES } from '../../src/config/variables.js';

const problemsOf = (environment: NodeJS.ProcessEnv): string[] => {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

const PRODUCTION = {
  NODE_ENV: 'production',
  SECRET_KEY: randomBytes(32).toString('base64'),
  DATABASE_URL: 'postgres://db.internal/gatehouse',
  PUBLIC_URL: 'https://id.example.com',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'none',
};

describe('the configuration', () => {
  it('is listed in .env.example, variable by variable', () => {
    const example = readFileSync('.env.example', 'utf8');
    const listed = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('is valid with nothing set, and an empty value counts as none', () => {
    expect(loadConfig({ PORT: '', SMTP_URL: ' ' })).toMatchObject({
      PORT: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      isProduction: false,
    });
  });

  it('names every invalid variable at once, with the error and a valid example', () => {
    const problems = problemsOf({
      PORT: 'eighty',
      DATABASE_URL: 'mysql://db/x',
      CONTRACTS: 'primary,acme',
      SECRET_KEY: 'short',
      LOG_LEVEL: 'loud',
    });
    expect(problems).toEqual([
      'PORT must be a whole number. Example: PORT=3000',
      expect.stringMatching(/^DATABASE_URL must start with postgres:\/\/ .*Example: DATABASE_URL=postgres:/),
      expect.stringMatching(/^SECRET_KEY must be 32 bytes in base64\. Example: SECRET_KEY=/),
      expect.stringMatching(/^CONTRACTS knows no "acme"; .*Example: CONTRACTS=/),
      expect.stringMatching(/^LOG_LEVEL must be one of debug, info.*Example: LOG_LEVEL=info$/),
    ]);
  });

  it('refuses production without what it cannot guess, and without limits', () => {
    expect(problemsOf({ NODE_ENV: 'production', THROTTLE_ENABLED: 'false' })).toEqual([
      expect.stringMatching(/^SECRET_KEY is required in production\./),
      expect.stringMatching(/^DATABASE_URL is required in production\. Example: DATABASE_URL=postgres:/),
      expect.stringMatching(/^PUBLIC_URL is required in production\. Example: PUBLIC_URL=https:/),
      expect.stringMatching(/^APP_URL is required in production\. Example: APP_URL=https:/),
      expect.stringMatching(/^SMTP_URL is required in production; "none" .*\. Example: SMTP_URL=smtps:/),
      expect.stringMatching(/^THROTTLE_ENABLED may not be false in production\./),
    ]);
  });

  it('allows a retry of a rotated refresh token for at most a minute in production, and longer elsewhere', () => {
    expect(problemsOf({ ...PRODUCTION, REFRESH_GRACE_SECONDS: '61' })).toEqual([
      expect.stringMatching(
        /^REFRESH_GRACE_SECONDS may be at most 60 in production\. Example: REFRESH_GRACE/,
      ),
    ]);
    expect(problemsOf({ ...PRODUCTION, REFRESH_GRACE_SECONDS: '60' })).toEqual([]);
    expect(problemsOf({ REFRESH_GRACE_SECONDS: '600' })).toEqual([]);
  });

  it.each(['fifteen-letters', 'sixteen characters', 'sixteen-letters=x'])(
    'refuses a METRICS_TOKEN that can be guessed or cannot be sent: %s',
    (METRICS_TOKEN) => {
      expect(problemsOf({ METRICS_TOKEN })).toEqual([
        expect.stringMatching(/^METRICS_TOKEN must be at least 16 .*Example: METRICS_TOKEN=/),
      ]);
      expect(problemsOf({ METRICS_TOKEN: 'sixteen-letters=' })).toEqual([]);
    },
  );

  it('refuses bounds for tenants that exclude what the server itself keeps', () => {
    expect(
      problemsOf({
        AUDIT_SIGN_INS_MIN_MONTHS: '14',
        AUDIT_SIGN_INS_MAX_MONTHS: '12',
        AUDIT_CHANGES_MONTHS: '36',
        AUDIT_CHANGES_MIN_MONTHS: '37',
        AUDIT_CHANGES_MAX_MONTHS: '35',
      }),
    ).toEqual([
      expect.stringMatching(/^AUDIT_SIGN_INS_MIN_MONTHS may not be above AUDIT_SIGN_INS_MONTHS\. Example: /),
      expect.stringMatching(/^AUDIT_SIGN_INS_MAX_MONTHS may not be below AUDIT_SIGN_INS_MONTHS\. Example: /),
      expect.stringMatching(/^AUDIT_CHANGES_MIN_MONTHS may not be above AUDIT_CHANGES_MONTHS\. Example: /),
      expect.stringMatching(/^AUDIT_CHANGES_MAX_MONTHS may not be below AUDIT_CHANGES_MONTHS\. Example: /),
    ]);
    expect(problemsOf({ AUDIT_SIGN_INS_MIN_MONTHS: '13', AUDIT_SIGN_INS_MAX_MONTHS: '13' })).toEqual([]);
  });

  it('refuses a shared signing secret that is too short', () => {
    expect(problemsOf({ SIGNING_ALG: 'HS256', JWT_SECRET: 'x'.repeat(31) })).toEqual([
      expect.stringMatching(/^JWT_SECRET needs at least 32 characters/),
    ]);
    expect(problemsOf({ SIGNING_ALG: 'HS256', JWT_SECRET: 'x'.repeat(32) })).toEqual([]);
  });
});

describe('a configuration in production', () => {
  const inProduction = (environment: NodeJS.ProcessEnv) => problemsOf({ ...PRODUCTION, ...environment });

  it('is valid with nothing but its secret, its database, its addresses and its mail', () => {
    expect(inProduction({})).toEqual([]);
    for (const name of Object.keys(PRODUCTION).filter((name) => name !== 'NODE_ENV'))
      expect(inProduction({ [name]: undefined })).toEqual([
        expect.stringMatching(new RegExp(`^${name} is required in production`)),
      ]);
    expect(inProduction({ ARGON2_MEMORY_KIB: '19456', ARGON2_TIME_COST: '2' })).toEqual([]);
    expect(inProduction({ ARGON2_MEMORY_KIB: '47104', ARGON2_TIME_COST: '1' })).toEqual([]);
    expect(inProduction({ TRUST_PROXY: '10.0.0.0/8,loopback,2001:db8::/32' })).toEqual([]);
  });

  it('refuses made-up secrets, all of them at once', () => {
    const zeros = Buffer.alloc(32).toString('base64');
    const problems = inProduction({
      SECRET_KEY: zeros,
      SECRET_KEY_PREVIOUS: zeros,
      SIGNING_ALG: 'HS256',
      JWT_SECRET: '0123456789abcdef'.repeat(2),
      ARGON2_MEMORY_KIB: '64',
      ARGON2_TIME_COST: '1',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^SECRET_KEY can be guessed.*Example: SECRET_KEY=the output of: openssl/),
      expect.stringMatching(/^SECRET_KEY_PREVIOUS can be guessed.*Example: SECRET_KEY_PREVIOUS=the output/),
      expect.stringMatching(/^JWT_SECRET can be guessed.*Example: JWT_SECRET=the output of: openssl/),
      expect.stringMatching(/^ARGON2_MEMORY_KIB must be at least 19456 .*Example: ARGON2_MEMORY_KIB=19456$/),
      expect.stringMatching(/^ARGON2_TIME_COST must be at least 2 .*Example: ARGON2_TIME_COST=2$/),
    ]);
    expect(problems.join()).not.toContain(zeros);
  });

  it.each([
    ['ARGON2_MEMORY_KIB', { ARGON2_MEMORY_KIB: '19455' }],
    ['ARGON2_MEMORY_KIB', { ARGON2_MEMORY_KIB: '19455', ARGON2_TIME_COST: '20' }],
    ['ARGON2_TIME_COST', { ARGON2_TIME_COST: '1' }],
    ['ARGON2_TIME_COST', { ARGON2_TIME_COST: '1', ARGON2_MEMORY_KIB: '47103' }],
    ['REFRESH_IDLE_SECONDS', { REFRESH_IDLE_SECONDS: String(31 * 86_400) }],
    ['REAUTH_SECONDS', { REAUTH_SECONDS: '86400' }],
    ['INVITATION_TTL_SECONDS', { INVITATION_TTL_SECONDS: String(400 * 86_400) }],
    ['SLOW_DOWN_FIRST_WAIT_SECONDS', { SLOW_DOWN_FIRST_WAIT_SECONDS: '61' }],
    ['LOGIN_FAILURE_WINDOW_SECONDS', { LOGIN_FAILURE_WINDOW_SECONDS: '1' }],
    ['LOGIN_ADDRESS_FAILURES', { LOGIN_ADDRESS_FAILURES: '100000' }],
    ['OTP_FAILURE_WINDOW_SECONDS', { OTP_FAILURE_WINDOW_SECONDS: '1' }],
    ['TWO_FACTOR_FAILURE_WINDOW_SECONDS', { TWO_FACTOR_FAILURE_WINDOW_SECONDS: '1' }],
    ['HTTP_HEADERS_SECONDS', { HTTP_HEADERS_SECONDS: '61', HTTP_REQUEST_SECONDS: '61' }],
    ['HTTP_STALL_SECONDS', { HTTP_STALL_SECONDS: '61' }],
    ['REDIS_TIMEOUT_MS', { REDIS_TIMEOUT_MS: '1001' }],
    ['DELIVERY_TRY_SECONDS', { DELIVERY_TRY_SECONDS: '46' }],
    ['SMS_TIMEOUT_SECONDS', { SMS_TIMEOUT_SECONDS: '41' }],
    ['SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS', { SIGNING_KEYS_MAX_SIGNING_AGE_SECONDS: '61' }],
    ['TOTP_STEP_SECONDS', { TOTP_STEP_SECONDS: '31' }],
    ['SMS_PER_DAY', { SMS_PER_DAY: '1000000' }],
    ['EMAIL_PER_DAY', { EMAIL_PER_DAY: '1000000' }],
    ['TRUST_PROXY', { TRUST_PROXY: '0.0.0.0/1,128.0.0.0/1' }],
    ['TRUST_PROXY', { TRUST_PROXY: '::ffff:128.0.0.0/97' }],
  ])('refuses less protection than %s requires: %j', (name, environment) => {
    expect(inProduction(environment)).toEqual([
      expect.stringMatching(new RegExp(`^${name} .*Example: ${name}=.+`)),
    ]);
    expect(problemsOf(environment)).toEqual([]);
  });
});

describe('a configuration anywhere', () => {
  it.each([
    '*',
    '10.0.0.0/0',
    '::/0',
    'all',
    '10.0.0.1/33',
    '10.0.0/8',
    'localhost',
    '10.0.0.0/8/8',
    '::1/129',
    '::ffff:0.0.0.0/96',
    '0::FFFF:0:0/96',
  ])('trusts no proxy at %s', (TRUST_PROXY) => {
    expect(problemsOf({ TRUST_PROXY })).toEqual([expect.stringMatching(/^TRUST_PROXY must be addresses/)]);
  });

  it.each([
    '*',
    'null',
    'https://*',
    'https://*.com',
    'https://*.*.example.com',
    'https://a.*.example.com',
    'https://a.example/path',
    'https://a.example?x',
    'a.example',
    'https://a@b',
  ])('refuses the origin %s', (CORS_ORIGINS) => {
    expect(problemsOf({ CORS_ORIGINS })).toEqual([expect.stringMatching(/^CORS_ORIGINS must be origins/)]);
  });

  it('accepts the origins that browsers and applications send', () => {
    expect(
      problemsOf({ CORS_ORIGINS: 'https://a.example,http://localhost:5173,http://[::1]:80,app://x' }),
    ).toEqual([]);
  });

  it.each([
    ['https://a.example/', 'https://a.example'],
    ['https://A.Example:443', 'https://a.example'],
    ['http://localhost:80/', 'http://localhost'],
    ['https://*.preview.example.com', 'https://*.preview.example.com'],
    ['https://app-*.vercel.app/', 'https://app-*.vercel.app'],
  ])('reads the origin %s as %s', (CORS_ORIGINS, origin) => {
    expect(loadConfig({ CORS_ORIGINS }).CORS_ORIGINS).toEqual([origin]);
  });

  it('reads secrets without the line break that a mounted file ends with', () => {
    const key = randomBytes(32).toString('base64');
    expect(loadConfig({ SECRET_KEY: `${key}\r\n` }).SECRET_KEY).toBe(key);
    const secret = ` shared with a blank at either end, ${key} `;
    expect(loadConfig({ SIGNING_ALG: 'HS256', JWT_SECRET: `${secret}\n` }).JWT_SECRET).toBe(secret);
  });

  it.each<[string, string]>([
    ['APP_URL', 'app.example.com'],
    ['APP_URL', 'javascript:alert(1)'],
    ['APP_URL', 'https://app.example.com/?next='],
    ['APP_URL', 'https://app.example.com/#/'],
    ['APP_URL', 'https://somebody@app.example.com'],
    ['PUBLIC_URL', 'https://example.com/id'],
    ['PUBLIC_URL', 'ftp://example.com'],
    ['REDIS_URL', 'cache.internal:6379'],
    ['REDIS_URL', 'http://cache.internal'],
    ['DATABASE_URL', 'postgres://me:50%@db.internal/gatehouse'],
    ['SMTP_URL', 'smtps://me:50%@mail.example.com'],
    ['MAIL_FROM', 'Example Accounts'],
    ['MAIL_FROM', 'a@example.com, b@example.com'],
    ['MAIL_FROM', 'A <a@example.com> <b@example.com>'],
    ['TWO_FACTOR_ISSUER', 'Acme: Accounts'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', 'proxy.internal'],
    ['TRUST_PROXY', '10.0.0.0/33'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} (must|is)`))]);
  });

  it.each<[string, string]>([
    ['APP_URL', 'https://app.example.com/accounts/'],
    ['PUBLIC_URL', 'https://id.example.com/'],
    ['MAIL_FROM', 'accounts@example.com'],
    ['MAIL_FROM', 'Example Accounts <accounts@example.com>'],
    ['REDIS_URL', 'rediss://cache.internal:6380/1'],
    ['DATABASE_URL', 'postgres://me:50%25@db.internal/gatehouse?sslmode=require'],
  ])('accepts %s=%s', (name, value) => expect(problemsOf({ [name]: value })).toEqual([]));

  it.each(['0.0.0.0', '::', '192.168.1.10', 'gatehouse.internal'])(
    'does not show %s the sent messages, unless that is configured',
    (HOST) => {
      expect(problemsOf({ HOST })).toEqual([
        expect.stringMatching(/^HOST .*ALLOW_DEV.*Example: HOST=127\.0\.0\.1$/),
      ]);
      expect(problemsOf({ HOST, NODE_ENV: 'test' })).toHaveLength(1);
      expect(problemsOf({ HOST, ALLOW_DEVELOPMENT_ON_NETWORK: 'true' })).toEqual([]);
      expect(problemsOf({ HOST, ...PRODUCTION })).toEqual([]);
    },
  );

  it('waits no longer for the headers than for the whole request', () => {
    expect(problemsOf({ HTTP_HEADERS_SECONDS: '31' })).toEqual([
      expect.stringMatching(/^HTTP_HEADERS_SECONDS /),
    ]);
  });
});

it.each(['0', '65', '1.5', 'all', '-1'])('WORKERS=%s is refused', (WORKERS) => {
  expect(() => loadConfig({ WORKERS })).toThrow(/WORKERS must be auto, or a whole number from 1 to 64/);
});

it('WORKERS=auto is at least one', () => {
  expect(loadConfig({ WORKERS: 'auto' }).WORKERS).toBeGreaterThanOrEqual(1);
});

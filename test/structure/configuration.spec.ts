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

describe('the configuration', () => {
  it('is listed in .env.example, variable by variable', () => {
    const example = readFileSync('.env.example', 'utf8');
    const listed = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('holds with nothing set, and with an empty value as with none', () => {
    expect(loadConfig({ PORT: '', SMTP_URL: ' ' })).toMatchObject({
      PORT: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      isProduction: false,
    });
  });

  it('names every faulty variable at once, with what is wrong and a valid example', () => {
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
      expect.stringMatching(/^LOG_LEVEL must be one of debug,info.*Example: LOG_LEVEL=info$/),
    ]);
  });

  it('refuses production without its secret, and with its limits lifted', () => {
    expect(problemsOf({ NODE_ENV: 'production', THROTTLE_ENABLED: 'false' })).toEqual([
      expect.stringMatching(/^SECRET_KEY is required in production\./),
      expect.stringMatching(/^THROTTLE_ENABLED may not be false in production\./),
    ]);
  });

  it('lets a rotated refresh token be retried for a minute in production, and longer elsewhere', () => {
    const production = { NODE_ENV: 'production', SECRET_KEY: randomBytes(32).toString('base64') };
    expect(problemsOf({ ...production, REFRESH_GRACE_SECONDS: '61' })).toEqual([
      expect.stringMatching(
        /^REFRESH_GRACE_SECONDS may be at most 60 in production\. Example: REFRESH_GRACE/,
      ),
    ]);
    expect(problemsOf({ ...production, REFRESH_GRACE_SECONDS: '60' })).toEqual([]);
    expect(problemsOf({ REFRESH_GRACE_SECONDS: '600' })).toEqual([]);
  });

  it.each(['fifteen-letters', 'sixteen characters', 'sixteen-letters=x'])(
    'refuses a METRICS_TOKEN that can be guessed or never be sent: %s',
    (METRICS_TOKEN) => {
      expect(problemsOf({ METRICS_TOKEN })).toEqual([
        expect.stringMatching(/^METRICS_TOKEN must be at least 16 .*Example: METRICS_TOKEN=/),
      ]);
      expect(problemsOf({ METRICS_TOKEN: 'sixteen-letters=' })).toEqual([]);
    },
  );

  it('refuses a shared signing secret that is too short', () => {
    expect(problemsOf({ SIGNING_ALG: 'HS256', JWT_SECRET: 'x'.repeat(31) })).toEqual([
      expect.stringMatching(/^JWT_SECRET needs at least 32 characters/),
    ]);
    expect(problemsOf({ SIGNING_ALG: 'HS256', JWT_SECRET: 'x'.repeat(32) })).toEqual([]);
  });
});

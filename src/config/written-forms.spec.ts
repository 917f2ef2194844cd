import { ConfigError, loadConfig } from './config.js';
import { findSharedOrigins } from './origins.js';
import { SECRETS, VARIABLES } from './variables.js';

const read = (name: string, value: string): unknown => {
  const config = loadConfig({ [name]: value, ALLOW_DEVELOPMENT_ON_NETWORK: 'true' });
  const derived: Record<string, string> = { PUBLIC_URL: 'publicUrl', APP_URL: 'appUrl' };
  return config[(derived[name] ?? name) as keyof typeof config];
};

/** What people write where the meaning is plain, and what the server works with. */
it.each([
  ['CORS_ORIGINS', 'https://bücher.example', ['https://xn--bcher-kva.example']],
  ['CORS_ORIGINS', 'https://A.example.com:443/, https://a.example.com', ['https://a.example.com']],
  ['PUBLIC_URL', 'https://ID.Example.com:443', 'https://id.example.com'],
  ['PUBLIC_URL', 'HTTPS://id.example.com/#', 'https://id.example.com'],
  ['PUBLIC_URL', 'https:id.example.com', 'https://id.example.com'],
  ['PUBLIC_URL', 'https://bücher.example', 'https://xn--bcher-kva.example'],
  ['APP_URL', 'https://APP.example.com:443/Base/?', 'https://app.example.com/Base'],
  ['HOST', '[::1]', '::1'],
  ['HOST', 'localhost', 'localhost'],
  ['THROTTLE_ENABLED', 'False', false],
  ['THROTTLE_ENABLED', ' TRUE ', true],
  ['LOG_LEVEL', 'WARN', 'warn'],
  ['SIGNING_ALG', 'es256', 'ES256'],
  ['CONTRACTS', 'Katixo, katixo', ['katixo']],
  ['PORT', ' 3000 ', 3000],
  ['REDIS_URL', 'redis://cache:6379/2', 'redis://cache:6379/2'],
  ['SMTP_URL', 'None', 'none'],
  ['MAIL_FROM', 'Smith, Jones <ops@example.com>', '"Smith, Jones" <ops@example.com>'],
  ['WORKERS', 'Auto', expect.any(Number)],
  ['WORKERS', '\t3\n', 3],
  ['TRUST_PROXY', ' 10.1.0.0/16 ,\n loopback ', ['10.1.0.0/16', 'loopback']],
  ['TRUST_PROXY', 'Loopback, UniqueLocal', ['loopback', 'uniquelocal']],
  ['REVOKE_BEFORE', '2028-02-29T23:59:59.5+05:30', new Date('2028-02-29T18:29:59.5Z')],
  ['REVOKE_BEFORE', ' 2026-11-26T22:00:00Z\n', new Date('2026-11-26T22:00:00Z')],
])('%s=%s is %j', (name, value, expected) => {
  expect(read(name, value)).toEqual(expected);
});

/** What would fail later, or mean something else. */
it.each([
  ['CORS_ORIGINS', 'https://a.example.com https://b.example.com', 'must be origins, separated by commas'],
  ['CORS_ORIGINS', 'https://büch er.example', 'must be origins'],
  ['PUBLIC_URL', 'https://id.example.com/auth', 'must have no path'],
  ['HOST', '127.0.0.1:3000', 'without a scheme and a port'],
  ['HOST', 'http://localhost', 'without a scheme and a port'],
  ['HOST', '*', 'must be an address'],
  ['THROTTLE_ENABLED', 'maybe', 'must be true or false'],
  ['LOG_LEVEL', 'verbose', 'must be one of debug, info, warn, error, silent'],
  ['CONTRACTS', 'datix-lab', 'knows no "datix-lab"'],
  ['PORT', '0x50', 'must be a whole number'],
  ['PORT', '3e3', 'must be a whole number'],
  ['REDIS_URL', 'redis://', 'must name a host'],
  ['REDIS_URL', 'redis://cache:6379/sessions', 'must have no path but the number of a database'],
  ['SMTP_URL', 'smtp://', 'must name a host'],
  ['DATABASE_URL', 'postgres://db.internal\n/gatehouse', 'must be a URL in one line'],
  ['MAIL_FROM', 'ops@example.com, Sales <sales@example.com>', 'must be one e-mail address'],
  ['REVOKE_BEFORE', '2026-02-31T00:00:00Z', 'must be a time'],
  ['REVOKE_BEFORE', '2026-02-29T12:00:00+05:30', 'must be a time'],
  ['TWO_FACTOR_ISSUER', 'Ac\nme', 'must be one line'],
  ['CORS_ORIGINS', 'https://app-*.kawasaki.jp:8443', 'below kawasaki.jp'],
  ['CORS_ORIGINS', 'https://*.com.au', 'must not trust everybody who registers a name below com.au'],
  ['CORS_ORIGINS', 'https://shop-*.co.in:8443', 'below co.in'],
  ['CORS_ORIGINS', 'https://*.org.uk.', 'below org.uk'],
])('%s=%s is refused', (name, value, fault) => {
  expect(() => read(name, value)).toThrow(ConfigError);
  expect(() => read(name, value)).toThrow(fault);
});

describe('blanks and line breaks around a value', () => {
  /** Where the example is a sentence. */
  const VALUES: Record<string, string> = { JWT_SECRET: 'x'.repeat(32), SMS_WEBHOOK_SECRET: 'x'.repeat(32) };
  const load = (name: string, value: string) =>
    loadConfig({ [name]: value, ALLOW_DEVELOPMENT_ON_NETWORK: 'true', HTTP_REQUEST_SECONDS: '300' })[
      name as keyof typeof VARIABLES
    ];
  const open = Object.entries(VARIABLES).filter(([name]) => !SECRETS.has(name));

  it.each(open.map(([name, { example = '' }]) => [name, name === 'NODE_ENV' ? 'test' : example]))(
    'of %s do not count',
    (name, example) => {
      expect(load(name, ` \t${example} \r\n`)).toEqual(load(name, example));
    },
  );

  it.each(Object.entries(VALUES))(
    'of the secret %s count, but for the line break at its end',
    (name, value) => {
      expect(load(name, ` ${value} \n`)).toBe(` ${value} `);
    },
  );
});

it('knows the patterns that trust pages of strangers', () => {
  const shared = [
    'https://*.netlify.app',
    'https://*.github.io',
    'https://*.s3.amazonaws.com',
    'https://shop-*.herokuapp.com',
    'https://*.westeurope.azurestaticapps.net:8443',
  ];
  const own = [
    'https://*.preview.example.com',
    'https://shop.netlify.app',
    'https://*.shop.workers.dev',
    'http://localhost:5173',
  ];
  expect(findSharedOrigins(loadConfig({ CORS_ORIGINS: [...shared, ...own].join() }).CORS_ORIGINS)).toEqual(
    shared,
  );
});

import { ConfigError, loadConfig } from './config.js';

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
])('%s=%s is refused', (name, value, fault) => {
  expect(() => read(name, value)).toThrow(ConfigError);
  expect(() => read(name, value)).toThrow(fault);
});

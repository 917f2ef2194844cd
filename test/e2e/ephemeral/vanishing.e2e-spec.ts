import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedFetch } from '../../support/documented-fetch.js';
import { EphemeralServer } from '../../support/ephemeral-server.js';
import { until } from '../../support/until.js';

const SEED = 'examples/ephemeral/demo.json';
const refuse = async (args: string[], settings: Record<string, string> = {}) =>
  (await EphemeralServer.spawn(args, settings)).end(null);

describe('the database of an ephemeral server', () => {
  it.each([
    ['SIGTERM', { code: 0, signal: null }],
    ['SIGINT', { code: 0, signal: null }],
    ['SIGKILL', { code: null, signal: 'SIGKILL' }],
  ] as const)('is gone after %s, and its PostgreSQL with it', async (signal, ending) => {
    const server = await EphemeralServer.start([]);
    const postgres = server.findPostmaster();
    expect(postgres.isRunning()).toBe(true);
    expect(await server.end(signal)).toMatchObject(ending);
    await until(() => !postgres.isRunning());
  });

  it('is gone after a start that is refused', async () => {
    const ended = await refuse(['--seed', SEED], {
      PORT: '1',
      HOST: '192.0.2.1',
      ALLOW_DEVELOPMENT_ON_NETWORK: 'true',
    });
    expect(ended.code).toBe(1);
  });

  it('is another one for each server, whatever DATABASE_URL says', async () => {
    const one = await EphemeralServer.start(['--seed', SEED], {
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
    });
    const other = await EphemeralServer.start([]);
    const body = JSON.stringify({ email: 'ada@example.com', password: 'Correct horse 123' });
    const headers = { 'content-type': 'application/json' };
    const signIn = async ({ origin }: EphemeralServer) =>
      (await documentedFetch(`${origin}/auth/login`, { method: 'POST', headers, body })).status;
    expect([await signIn(one), await signIn(other)]).toEqual([200, 401]);
    await Promise.all([one.end(), other.end('SIGKILL')]);
  });
});

describe('a .env that names a mail server, an SMS service and a collector', () => {
  const OUTSIDE = 'https://127.0.0.1:9';
  const start = async (settings: Record<string, string> = {}) => {
    const cwd = mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'env-'));
    const lines = [
      'SMTP_URL=smtp://127.0.0.1:9',
      `SMS_URL=${OUTSIDE}`,
      'SMS_WEBHOOK_SECRET=of-the-developer-0123456',
    ];
    writeFileSync(join(cwd, '.env'), [...lines, `OTEL_EXPORTER_OTLP_ENDPOINT=${OUTSIDE}`, ''].join('\n'));
    const server = await EphemeralServer.start([], settings, 'dist/main.js', cwd);
    const { output } = await server.end();
    rmSync(cwd, { recursive: true });
    return [...output.matchAll(/"name":"(\w+)"/g)].map(([, name]) => name);
  };

  it('does not make an ephemeral server send anything, which it says', async () => {
    expect(await start()).toEqual([
      'SMTP_URL',
      'SMS_URL',
      'SMS_WEBHOOK_SECRET',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    ]);
  });

  it('gives way to the environment, which may ask for delivery', async () => {
    expect(await start({ SMTP_URL: 'smtp://127.0.0.1:10' })).not.toContain('SMTP_URL');
  });
});

describe('gatehouse --ephemeral refuses', () => {
  it('production, by name', async () => {
    const { code, output } = await refuse([], { NODE_ENV: 'production' });
    expect({ code, output }).toEqual({
      code: 78,
      output: expect.stringContaining('NODE_ENV may not be production'),
    });
  });

  it('arguments it does not know, and --seed without --ephemeral', async () => {
    expect((await refuse(['--sed', SEED])).code).toBe(64);
  });

  const withoutRole = {
    tenants: [{ name: 'Acme', slug: 'acme', template: 'primary' }],
    people: [{ email: 'ada@example.com', firstName: 'Ada', memberships: [{ tenant: 'acme', role: 'king' }] }],
  };
  it.each([
    ['{', 'is not JSON'],
    [JSON.stringify(withoutRole), '/people/0/memberships/0/role the tenant has no such role'],
  ])('%s, and says where the mistake is', async (content, told) => {
    const file = join(mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'seed-')), 'seed.json');
    writeFileSync(file, content);
    const { code, output } = await refuse(['--seed', file]);
    expect({ code, output }).toEqual({ code: 78, output: expect.stringContaining(told) });
  });
});

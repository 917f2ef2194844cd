import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedFetch } from '../../support/documented-fetch.js';
import { EphemeralServer } from '../../support/ephemeral-server.js';
import { until } from '../../support/until.js';

const SEED = 'examples/ephemeral/demo.json';
const refuse = async (args: string[], settings: Record<string, string> = {}) =>
  (await EphemeralServer.spawn(args, settings)).end(null);

/** The folder of a developer, whose `.env` names a mail server, an SMS service and a collector. */
function folderWithServices(): string {
  const outside = 'https://127.0.0.1:9';
  const cwd = mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'env-'));
  const lines = [
    'SMTP_URL=smtp://127.0.0.1:9',
    `SMS_URL=${outside}`,
    'SMS_WEBHOOK_SECRET=of-the-developer-0123456',
    `OTEL_EXPORTER_OTLP_ENDPOINT=${outside}`,
  ];
  writeFileSync(join(cwd, '.env'), `${lines.join('\n')}\n`);
  return cwd;
}

/** Each with something of its own that must not matter to the others. */
describe('ephemeral servers', () => {
  const signIn = async ({ origin }: EphemeralServer) => {
    const body = JSON.stringify({ email: 'ada@example.com', password: 'Correct horse 123' });
    const headers = { 'content-type': 'application/json' };
    return (await documentedFetch(`${origin}/auth/login`, { method: 'POST', headers, body })).status;
  };
  /** What it says that it does not use. */
  const unused = ({ output }: EphemeralServer) =>
    [...output.matchAll(/"name":"(\w+)"/g)].map(([, name]) => name);
  const cwd = folderWithServices();
  let seeded: EphemeralServer;
  let delivering: EphemeralServer;
  let plain: EphemeralServer;
  let signIns: number[];
  beforeAll(async () => {
    const settings = { DATABASE_URL: 'postgres://127.0.0.1:1/none' };
    seeded = await EphemeralServer.start(['--seed', SEED], settings);
    delivering = await EphemeralServer.start([], { SMTP_URL: 'smtp://127.0.0.1:10' }, 'dist/main.js', cwd);
    plain = await EphemeralServer.start([], {}, 'dist/main.js', cwd);
    // Before the servers end, whatever the order of the tests
    signIns = [await signIn(seeded), await signIn(plain)];
  });
  afterAll(() => rmSync(cwd, { recursive: true }));

  it('have a database each, whatever DATABASE_URL says', () => {
    expect(signIns).toEqual([200, 401]);
  });

  it('send nothing to what a .env names, which they say', () => {
    expect(unused(plain)).toEqual([
      'SMTP_URL',
      'SMS_URL',
      'SMS_WEBHOOK_SECRET',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    ]);
  });

  it('deliver where the environment asks for it, before which the .env gives way', () => {
    expect(unused(delivering)).toEqual(['SMS_URL', 'SMS_WEBHOOK_SECRET', 'OTEL_EXPORTER_OTLP_ENDPOINT']);
  });

  it.each([
    ['SIGTERM', { code: 0, signal: null }, () => delivering],
    ['SIGINT', { code: 0, signal: null }, () => plain],
    ['SIGKILL', { code: null, signal: 'SIGKILL' }, () => seeded],
  ] as const)('leave no database after %s, and no PostgreSQL', async (signal, ending, server) => {
    const postgres = server().findPostmaster();
    expect(postgres.isRunning()).toBe(true);
    expect(await server().end(signal)).toMatchObject(ending);
    await until(() => !postgres.isRunning());
  });

  it('leave no database after a start that is refused', async () => {
    const ended = await refuse(['--seed', SEED], {
      PORT: '1',
      HOST: '192.0.2.1',
      ALLOW_DEVELOPMENT_ON_NETWORK: 'true',
    });
    expect(ended.code).toBe(1);
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

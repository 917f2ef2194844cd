import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { blockOf } from '../support/fenced-blocks.js';
import { freePort } from '../support/server.js';
import { CHROMIUM } from '../support/swagger-ui.js';
import { TestApp } from '../support/test-app.js';
import { describeWhereInstalled } from '../support/tools.js';
import { TwoFactor } from '../support/two-factor.js';

/** As the documentation page: `npm run test:browser`. */
const inBrowser =
  process.env.WITH_BROWSER === '1' ? describeWhereInstalled(CHROMIUM, '--version') : describe.skip;
const PATIENCE_MS = 300_000;
const COOKIE = '__Host-gatehouse-refresh';
/** Builds the client, starts Gatehouse and serves the page. */
const COMMANDS = blockOf('examples/single-page-app/README.md', 'sh');

inBrowser('the example page in a browser', () => {
  const t = new TestApp();
  const twoFactor = new TwoFactor(t);
  const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
  let browser: Browser;
  let serving: ChildProcess;
  let origin: string;

  beforeAll(async () => {
    const PORT = String(await freePort());
    const [build = '', start = '', serve = ''] = COMMANDS.replaceAll('5173', PORT).split('\n');
    const settings = start.replace(/ npm start$/, '').split(' ');
    await t.start(
      Object.fromEntries(settings.map((one) => one.split(/=(.*)/).slice(0, 2) as [string, string])),
    );
    const dist = join(runDir, 'client');
    execFileSync('bash', ['-ec', `${build} --outDir ${dist}`]);
    const GATEHOUSE_URL = t.server.origin.replace('127.0.0.1', 'localhost');
    serving = spawn(process.execPath, [serve.replace(/^node /, '')], {
      env: { GATEHOUSE_URL, PORT, CLIENT_DIST: dist },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    writeFileSync(join(runDir, 'pids', String(serving.pid)), '');
    for await (const line of createInterface(serving.stdout as NodeJS.ReadableStream)) {
      origin = line.replace('listening on ', '');
      break;
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    if (serving) {
      serving.kill();
      await once(serving, 'exit');
    }
    await t.stop();
  });

  /** A browser of its own, with the paths that its pages have requested of Gatehouse. */
  const openBrowser = async () => {
    const context = await browser.newContext({ viewport: { width: 800, height: 700 } });
    context.setDefaultTimeout(PATIENCE_MS);
    const sent: string[] = [];
    context.on('request', (request) => {
      if (request.method() !== 'OPTIONS') sent.push(new URL(request.url()).pathname);
    });
    const refreshes = () => sent.filter((path) => path === '/auth/refresh').length;
    return { context, refreshes };
  };
  const openPage = async (context: BrowserContext, query = ''): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${origin}/${query}`);
    return page;
  };
  const signIn = async (page: Page, { email, password }: { email: string; password: string }) => {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const isSignedIn = (page: Page, email: string) => page.locator('#email', { hasText: email }).waitFor();
  const isSignedOut = (page: Page) => page.locator('#sign-in').waitFor();
  const screenshot = async (page: Page, name: string) => {
    const { SCREENSHOTS: folder } = process.env;
    if (folder) await page.screenshot({ path: join(folder, `single-page-app-${name}.png`) });
  };
  const endAccessTokens = () => t.database.query('UPDATE sessions SET token_version = token_version + 1');

  it('keeps the session over a reload, in a cookie that no script reads', async () => {
    const owner = await t.given.tenant();
    const { context } = await openBrowser();
    const page = await openPage(context);
    await isSignedOut(page);
    await screenshot(page, 'sign-in');
    await signIn(page, { email: owner.email, password: 'wrong' });
    await page.getByText('E-mail or password is wrong.').waitFor();
    await screenshot(page, 'refused');
    await signIn(page, owner);
    await isSignedIn(page, owner.email);
    await screenshot(page, 'account');
    await page.reload();
    await isSignedIn(page, owner.email);

    const [cookie] = await context.cookies(t.server.origin.replace('127.0.0.1', 'localhost'));
    expect(cookie).toMatchObject({ name: COOKIE, httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
    const readable = await page.evaluate(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    );
    expect(readable).toBe('["",{},{}]');
    await context.close();
  });

  it('refreshes once for two tabs, and ends in both with the sign-out of one', async () => {
    const owner = await t.given.tenant();
    const { context, refreshes } = await openBrowser();
    const one = await openPage(context);
    await signIn(one, owner);
    await isSignedIn(one, owner.email);
    const other = await openPage(context);
    await isSignedIn(other, owner.email);
    const before = refreshes();
    await endAccessTokens();
    const asked = [one, other].map(async (page) => {
      const answered = page.waitForResponse((answer) => answer.url().endsWith('/auth/me') && answer.ok());
      await page.getByRole('button', { name: 'Ask again' }).click();
      await answered;
    });
    await Promise.all(asked);
    expect(refreshes() - before).toBe(1);

    await one.getByRole('button', { name: 'Sign out' }).click();
    await Promise.all([one, other].map(isSignedOut));
    await screenshot(other, 'signed-out');
    expect(await context.cookies(origin)).toEqual([]);
    await other.reload();
    await isSignedOut(other);
    await context.close();
  });

  it('is joined by the other tab when one signs in', async () => {
    const owner = await t.given.tenant();
    const { context } = await openBrowser();
    const [one, other] = [await openPage(context), await openPage(context)];
    await Promise.all([one, other].map(isSignedOut));
    await signIn(one, owner);
    await isSignedIn(other, owner.email);
    await context.close();
  });

  it('asks for the second factor', async () => {
    const owner = await twoFactor.owner();
    const { context } = await openBrowser();
    const page = await openPage(context);
    await signIn(page, owner);
    await page.getByLabel('Code').fill(owner.authenticator.wrongCode());
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('The code is wrong.').waitFor();
    await screenshot(page, 'second-factor');
    await page.getByLabel('Code').fill(owner.authenticator.code());
    await page.getByRole('button', { name: 'Confirm' }).click();
    await isSignedIn(page, owner.email);
    await page.reload();
    await isSignedIn(page, owner.email);
    await context.close();
  });

  it('keeps both tokens in memory if the page asks so: a refresh works, and a reload signs out', async () => {
    const owner = await t.given.tenant();
    const { context, refreshes } = await openBrowser();
    const page = await openPage(context, '?mode=body');
    await signIn(page, owner);
    await isSignedIn(page, owner.email);
    expect(await context.cookies(origin)).toEqual([]);
    await endAccessTokens();
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/auth/me') && answer.ok());
    await page.getByRole('button', { name: 'Ask again' }).click();
    await answered;
    expect(refreshes()).toBe(1);
    await page.reload();
    await isSignedOut(page);
    await context.close();
  });

  it('gets no session for a page of another site', async () => {
    const owner = await t.given.tenant();
    const { context } = await openBrowser();
    const page = await openPage(context);
    await signIn(page, owner);
    await isSignedIn(page, owner.email);
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><p>Evil</p>');
    });
    await once(evil.listen(0, '127.0.0.1'), 'listening');
    const { port } = evil.address() as AddressInfo;
    const refresh = `fetch(${JSON.stringify(t.server.origin.replace('127.0.0.1', 'localhost'))} + '/auth/refresh', {
      method: 'POST', credentials: 'include', HEADERS }).then((answer) => answer.status, () => 'unreadable')`;
    try {
      // The second one is of the same site: the cookie is sent
      for (const host of ['127.0.0.1', 'localhost']) {
        const foreign = await context.newPage();
        await foreign.goto(`http://${host}:${port}/`);
        const tries = ["headers: { 'x-session-mode': 'cookie' }", "mode: 'no-cors'"];
        for (const headers of tries) {
          const outcome = await foreign.evaluate(refresh.replace('HEADERS', headers));
          expect(outcome).toBe(headers.startsWith('mode') ? 0 : 'unreadable');
        }
      }
    } finally {
      evil.closeAllConnections();
      evil.close();
    }
    await page.reload();
    await isSignedIn(page, owner.email);
    await context.close();
  });
});

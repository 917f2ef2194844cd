import { readFileSync } from 'node:fs';
import {
  type APIRequestContext,
  type Browser,
  chromium,
  type Page,
  request as requests,
} from 'playwright-core';
import { EphemeralServer } from '../../support/ephemeral-server.js';
import { CHROMIUM } from '../../support/swagger-ui.js';
import { whereInstalled } from '../../support/tools.js';

type Test = (fixtures: { request: APIRequestContext; page?: Page }) => Promise<void>;

const EXAMPLE = '../../../examples/playwright';
const { Gatehouse } = (await import(`${EXAMPLE}/gatehouse.js`)) as {
  Gatehouse: new (request: APIRequestContext) => { reset(): Promise<void> };
};
const { testsFor } = (await import(`${EXAMPLE}/tests/all.js`)) as {
  testsFor: (expect: unknown) => Record<string, Test>;
};

/** Nothing here takes long, but the machine may stand still. */
const PATIENCE_MS = 300_000;
/** Those that open a page run in `npm run test:browser`. */
const WITH_BROWSER = process.env.WITH_BROWSER === '1';
const TESTS = Object.entries(testsFor(expect));
const opensPage = (test: Test) => test.toString().includes('page.goto');

let server: EphemeralServer;
beforeAll(async () => (server = await EphemeralServer.start(['--seed', 'examples/ephemeral/demo.json'])));
afterAll(() => server.end());

async function run(test: Test, browser: Browser | null): Promise<void> {
  const request = await requests.newContext({ baseURL: server.origin, timeout: PATIENCE_MS });
  try {
    await new Gatehouse(request).reset();
    const page = await browser?.newPage({ baseURL: server.origin });
    page?.setDefaultTimeout(PATIENCE_MS);
    await test({ request, page });
  } finally {
    await request.dispose();
  }
}

describe('the Playwright example', () => {
  it('has ten tests, and runs each of them', () => {
    expect(TESTS).toHaveLength(10);
    const spec = readFileSync('examples/playwright/tests/sign-in.spec.js', 'utf8');
    expect(spec).toContain('Object.entries(testsFor(expect))');
  });

  it.each(TESTS.filter(([, test]) => !opensPage(test)))('%s', (_title, test) => run(test, null));

  (WITH_BROWSER ? describe : describe.skip)('in a browser', () => {
    for (const [title, test] of TESTS.filter(([, one]) => opensPage(one))) {
      whereInstalled(CHROMIUM, '--version')(title, async () => {
        const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
        try {
          await run(test, browser);
        } finally {
          await browser.close();
        }
      });
    }
  });
});

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTRACTS } from '../support/documents.js';
import { TOTP_STEP_SECONDS } from '../support/server.js';
import { CHROMIUM, type Executed, SwaggerUi } from '../support/swagger-ui.js';
import { createTestApp } from '../support/test-app.js';
import { describeWhereInstalled } from '../support/tools.js';

const AUTHENTICATOR_STEP_SECONDS = 30;
/** The document of Datix Lab has the period of the codes in its picture only. */
const SLOWNESS: Record<string, number> = { 'Datix Lab': TOTP_STEP_SECONDS / AUTHENTICATOR_STEP_SECONDS };
/** The page shows products' contracts; operators have a console. */
const TITLES = CONTRACTS.filter(({ name }) => name !== 'platform').map(({ document }) => document.info.title);
/** Swagger UI takes a second for an operation, and more on a busy machine: `npm run test:browser`. */
const inBrowser =
  process.env.WITH_BROWSER === '1' ? describeWhereInstalled(CHROMIUM, '--version') : describe.skip;

/** Executes every example of a contract, from top to bottom; returns what neither succeeded nor was announced. */
async function walk(origin: string, title: string): Promise<{ count: number; unexpected: string[] }> {
  const ui = await SwaggerUi.launch({ slowness: SLOWNESS[title] });
  const contract = CONTRACTS.find(({ document }) => document.info.title === title);
  const results: Executed[] = [];
  try {
    await ui.open(`${origin}/docs`, title);
    for await (const result of ui.executeAll()) results.push(result);
  } finally {
    await ui.close();
  }
  const unexpected = results.filter(({ id, status, shown }) => {
    const refusal = contract?.operations.find(({ operationId }) => operationId === id)?.['x-refused-example'];
    return (status < 200 || status > 299) && !(refusal !== undefined && shown.includes(`"${refusal}"`));
  });
  return {
    count: results.length,
    unexpected: unexpected.map(({ id, status, shown }) => `${id}: ${status} ${shown.slice(0, 400)}`),
  };
}

const countOf = (title: string) =>
  CONTRACTS.find(({ document }) => document.info.title === title)?.operations.length;

inBrowser('the documentation page in a browser', () => {
  describe.each(TITLES)('%s, on a fresh server with the default limits', (title) => {
    const t = createTestApp({ THROTTLE_ENABLED: null });

    it('executes every example with success, or with the refusal it announces', async () => {
      expect(await walk(t.server.origin, title)).toEqual({ count: countOf(title), unexpected: [] });
    }, 3_000_000);
  });

  describe('every contract after the others, on one server with the default limits', () => {
    const t = createTestApp({ THROTTLE_ENABLED: null });

    it('executes every example with success, or with the refusal it announces', async () => {
      const walked = [];
      for (const title of TITLES) walked.push({ title, ...(await walk(t.server.origin, title)) });
      expect(walked).toEqual(TITLES.map((title) => ({ title, count: countOf(title), unexpected: [] })));
    }, 9_000_000);
  });

  describe('for a reader', () => {
    const t = createTestApp();

    it('is where the root of a development server leads, filters by section and links to operations', async () => {
      const ui = await SwaggerUi.launch();
      try {
        await ui.page.goto(t.server.origin);
        await ui.page.waitForURL(`${t.server.origin}/docs`);
        await ui.page.locator('.opblock').first().waitFor();
        await ui.page.locator('.operation-filter-input').fill('Sessions');
        await ui.page.locator('.opblock-tag-section').nth(1).waitFor({ state: 'detached' });
        await ui.page.goto(`${t.server.origin}/docs/#/Sessions/listSessions`);
        await ui.page.reload();
        await ui.page.locator('#operations-Sessions-listSessions button.execute').waitFor();
      } finally {
        await ui.close();
      }
    });

    it('works behind a proxy that serves the server below a path', async () => {
      const proxy = createServer((incoming, outgoing) => {
        const path = incoming.url?.replace(/^\/identity(?=\/)/, '');
        const { method, headers } = incoming;
        const forwarded = request(`${t.server.origin}${path}`, { method, headers }, (answer) => {
          outgoing.writeHead(incoming.url === path ? 418 : (answer.statusCode ?? 500), answer.headers);
          answer.pipe(outgoing);
        });
        incoming.pipe(forwarded);
      });
      await once(proxy.listen(0, '127.0.0.1'), 'listening');
      const { port } = proxy.address() as AddressInfo;
      const ui = await SwaggerUi.launch();
      try {
        for (const page of ['docs', 'docs/']) {
          await ui.open(`http://127.0.0.1:${port}/identity/${page}`, 'Datix Lab');
          const first = await ui.executeAll().next();
          expect(first.value).toMatchObject({ id: 'register', status: page === 'docs' ? 201 : 409 });
        }
      } finally {
        await ui.close();
        proxy.closeAllConnections();
        proxy.close();
      }
    });
  });
});

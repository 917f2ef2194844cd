import { randomBytes } from 'node:crypto';
import { Server } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';

const REQUESTS = 200;
const THROWS = "process.once('SIGUSR2', () => { throw new Error('a fault of the test') })";

const requestLines = (log: string): number => log.split('"route":"/health/live"').length - 1;

describe('the last lines of the log', () => {
  const t = createTestApp({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(THROWS)}` });

  // `stops` has those of a server that is told to stop
  it('are written when the server ends by an error', async () => {
    const before = requestLines(await t.writtenLog());
    await Promise.all(Array.from({ length: REQUESTS }, () => t.get('/health/live')));
    const { code, output } = await t.server.end('SIGUSR2');
    expect({ code, lines: requestLines(output) - before }).toEqual({ code: 1, lines: REQUESTS });
    expect(output).toContain('a fault of the test');
  });

  it('are written when the server refuses its configuration', async () => {
    const { code, output } = await Server.startAndExit({
      DATABASE_URL: t.database.url,
      SECRET_KEY: randomBytes(32).toString('base64'),
      LOG_LEVEL: 'debug',
    });
    expect(code).toBe(78);
    // The last that Nest says before the modules are initialised, which find that the key is wrong
    expect(output).toContain('"msg":"Mapped {/dev/inbox/messages/:id, GET} route"}\n');
    expect(output).toContain('SECRET_KEY is not the key of this database');
    expect(output).not.toMatch(/^ +at /m);
  });
});

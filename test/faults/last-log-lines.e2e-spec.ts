import { randomBytes } from 'node:crypto';
import { Server } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';

const REQUESTS = 200;
const THROWS = "process.once('SIGUSR2', () => { throw new Error('a fault of the test') })";

const requestLines = (log: string): number => log.split('"route":"/health/live"').length - 1;

describe('the last lines of the log', () => {
  const t = createTestApp({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(THROWS)}` });

  it.each(['SIGTERM', 'SIGUSR2'] as const)('are written when the server ends by %s', async (signal) => {
    const before = requestLines(t.server.log);
    await Promise.all(Array.from({ length: REQUESTS }, () => t.get('/health/live')));
    const { code, output } = await t.server.end(signal);
    expect({ code, lines: requestLines(output) - before }).toEqual({
      code: signal === 'SIGTERM' ? 0 : 1,
      lines: REQUESTS,
    });
    if (signal === 'SIGUSR2') expect(output).toContain('a fault of the test');
    await t.server.run();
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
    expect(output).toContain('SECRET_KEY');
  });
});

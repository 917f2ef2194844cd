import { startLoad } from '../support/load/start-load.js';
import { isLong } from '../support/long.js';
import { Nginx } from '../support/nginx.js';
import { freePort, Server } from '../support/server.js';
import { TestApp } from '../support/test-app.js';
import { describeWhereInstalled } from '../support/tools.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';
import { readFaultSettings } from './journal/support/settings.js';

/** Requests through nginx after which the load is certainly well under way. */
const WARM = 40;

describeWhereInstalled('nginx', '-v')(
  'two servers behind nginx that are restarted one after the other',
  () => {
    const { seed, restarts } = readFaultSettings();
    const [warm, other] = [useWarmProcess('plain'), useWarmProcess('other')];
    const t = new TestApp();
    let port: number;
    beforeAll(async () => {
      port = await freePort();
      const settings = {
        PUBLIC_URL: `http://127.0.0.1:${port}`,
        TRUST_PROXY: '127.0.0.1',
        SHUTDOWN_DELAY_SECONDS: '5',
        EMAIL_INTERVAL_SECONDS: '0',
        LOGIN_ADDRESS_FAILURES: '100000',
      };
      // The one that is not restarted in `npm test`
      await t.start(settings, undefined, isLong ? undefined : (all) => warm.serve(all));
    });
    afterAll(() => t.stop());

    it('fail no request, and keep everything that they acknowledged', async () => {
      const second = await t.server.startSibling();
      const servers: [Server, Server] = [t.server, second];
      const nginx = await Nginx.start(port, [t.server.origin, second.origin]);
      const load = startLoad([nginx.origin], { seed });
      const { journal } = load;
      const passes = async (count: number) => {
        const enough = journal.ended + count;
        await until(() => journal.ended >= enough);
      };
      const probe = t.client(null, { origin: nginx.origin } as Server);
      const answered = async () => (await probe.get('/health/ready')).headers['x-upstream'] ?? '';
      try {
        await passes(WARM);
        // In `npm test` one of them, once
        for (let round = 0; round < restarts; round += 1) {
          for (const server of isLong ? servers : servers.slice(1)) {
            const own = new URL(server.origin).host;
            const stopped = server.stop();
            // The health check, which finds the server unready and then no more
            await until(async () => (await answered()).startsWith(`${own}, `));
            await passes(WARM);
            expect(await stopped).toMatchObject({ code: 0, signal: null });
            await passes(WARM);
            await (isLong ? server.run() : other.runAgain(server));
            await until(async () => (await answered()) === own);
            await passes(WARM);
          }
        }
        await load.stop();
        const { unknown, unexpected, lost, revived } = await journal.check(
          servers.map(({ origin }) => origin),
        );
        expect({ unknown, unexpected, lost, revived }).toEqual({
          ...{ unknown: 0, unexpected: [] },
          ...{ lost: [], revived: [] },
        });
      } finally {
        await load.stop();
        await nginx.stop();
        await second.dispose();
      }
    });
  },
);

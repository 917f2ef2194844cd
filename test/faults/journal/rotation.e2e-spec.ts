import { randomBytes } from 'node:crypto';
import { type Load, startLoad } from '../../support/load/start-load.js';
import { describeLong } from '../../support/long.js';
import { runProgram } from '../../support/programs.js';
import type { Server } from '../../support/server.js';
import { createTestApp } from '../../support/test-app.js';
import { until } from '../../support/until.js';
import { readFaultSettings } from './support/settings.js';

/** Requests after which the load is certainly under way with what has changed. */
const SOME = 40;

const { seed, rotations } = readFaultSettings();
const rounds = Array.from({ length: rotations }, (_, index) => index + 1);
const newKey = () => randomBytes(32).toString('base64');

/** `npm run test:faults -- --only rotation`; `key-rotation` is its part in `npm test`. */
describeLong('a rotation of SECRET_KEY under load, server by server', () => {
  const t = createTestApp({
    SECRET_KEY: newKey(),
    EMAIL_INTERVAL_SECONDS: '0',
    LOGIN_ADDRESS_FAILURES: '100000',
  });
  let second: Server;
  const servers = () => [t.server, second];
  const origins = () => servers().map(({ origin }) => origin);
  beforeAll(async () => {
    second = await t.server.startSibling();
  });
  afterAll(() => second.dispose());

  const passes = async ({ journal }: Load) => {
    const enough = journal.ended + SOME;
    await until(() => journal.ended >= enough);
  };
  /** One server after the other, so that the load meets both mixtures. */
  const give = async (load: Load, settings: Record<string, string>) => {
    for (const server of servers()) {
      expect(await server.stop()).toMatchObject({ code: 0, signal: null });
      await passes(load);
      await server.run({ SECRET_KEY_NEXT: '', SECRET_KEY_PREVIOUS: '', ...settings });
      await passes(load);
    }
  };
  const rekey = async (...args: string[]) => {
    const { code, stdout, stderr } = await runProgram('rekey', args, second);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };

  it.each(rounds.length > 0 ? rounds : [0])(
    'loses nothing, revives nothing, and refuses no request (rotation %i)',
    async (round) => {
      const [old = '', next] = [t.server.settings.SECRET_KEY, newKey()];
      const before = startLoad(origins(), { seed: seed + round });
      let after: Load | undefined;
      try {
        await passes(before);
        await give(before, { SECRET_KEY: old, SECRET_KEY_NEXT: next });
        await give(before, { SECRET_KEY: next, SECRET_KEY_PREVIOUS: old });
        expect(await rekey()).toContain('Everything is encrypted under SECRET_KEY.');
        await passes(before);
        await before.stop();
        const whole = await before.journal.check(origins());

        // Its sessions have refresh tokens of the new key only
        after = startLoad(origins(), { seed: seed - round });
        await passes(after);
        expect(await rekey('--forget')).toContain('is forgotten');
        await give(after, { SECRET_KEY: next });
        await after.stop();
        const then = await after.journal.check(origins());
        const kept = await before.journal.check(origins());

        for (const { unexpected, lost, revived } of [whole, then])
          expect({ unexpected, lost, revived }).toEqual({ unexpected: [], lost: [], revived: [] });
        // docs/secret-key.md: sessions end that were not refreshed between step 2 and --forget
        expect(kept.lost.filter((name) => !/\/session \d+, at /.test(name))).toEqual([]);
        expect(kept.revived).toEqual([]);
        process.stdout.write(
          `seed ${seed}, rotation ${round}: acknowledged ${whole.acknowledged + then.acknowledged}, ` +
            `unknown ${whole.unknown + then.unknown}, lost 0, revived 0, other answers 0\n`,
        );
      } finally {
        await before.stop();
        await after?.stop();
      }
    },
  );
});

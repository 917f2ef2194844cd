import { Logger } from '@nestjs/common';
import { inSeconds } from '../../../test/support/clock.js';
import { useCore } from '../../../test/support/core.js';
import { Draining } from './draining.js';
import { HealthModule } from './health.module.js';
import { MetricsPage } from './metrics-page.js';
import { Readiness } from './readiness.js';
import { ReadinessRepository } from './readiness.repository.js';

const HOUR = 3_600;
/** The longest time that the machine of the tests may stand still. */
const STILL = 60;

const core = useCore([HealthModule]);

/** The check of a server whose clock differs by this much from the database's, which is the one of this process. */
const readinessAt = (seconds: number) =>
  new Readiness(
    core.get(ReadinessRepository),
    new Draining(),
    () => inSeconds(seconds).getTime(),
    core.config,
  );

/** What the check logs at the start of the server. */
async function warningsOf(readiness: Readiness): Promise<string[]> {
  const warnings: string[] = [];
  const ignore = () => undefined;
  Logger.overrideLogger({ log: ignore, error: ignore, warn: (text: string) => warnings.push(text) });
  try {
    await readiness.onApplicationBootstrap();
  } finally {
    Logger.overrideLogger(false);
  }
  return warnings;
}

describe('the clock of a server', () => {
  it('is compared with the one of the database at every check, and is unknown before', async () => {
    const readiness = readinessAt(0);
    expect(readiness.clockSkewSeconds).toBeNull();
    expect(await readiness.isReady()).toBe(true);
    expect(readiness.clockSkewSeconds).toBe(0);
  });

  it.each([
    ['ahead', HOUR],
    ['behind', -HOUR],
  ])('is reported at the start if it is %s', async (_, seconds) => {
    const readiness = readinessAt(seconds);
    const [warning, ...more] = await warningsOf(readiness);
    expect(warning).toMatch(
      /^The clock of this server is \d+\.\d seconds (ahead of|behind) the database's\./,
    );
    expect(more).toEqual([]);
    const skew = readiness.clockSkewSeconds ?? 0;
    expect(Math.sign(skew)).toBe(Math.sign(seconds));
    expect(Math.abs(skew)).toBeGreaterThan(HOUR - STILL);
    expect(Math.abs(skew)).toBeLessThanOrEqual(HOUR);
  });

  it('does not stop it: a server with another clock is ready', async () => {
    expect(await readinessAt(HOUR).isReady()).toBe(true);
  });

  it('is not mentioned if it agrees', async () => {
    expect(await warningsOf(readinessAt(0))).toEqual([]);
  });

  it('is a gauge of the page of metrics', async () => {
    expect(await core.get(MetricsPage).render()).toContain('\ngatehouse_clock_skew_seconds 0\n');
  });
});

import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { inSeconds } from '../../../test/support/clock.js';
import { useCore } from '../../../test/support/core.js';
import type { Config } from '../../config/config.js';
import { APPLICATION_ROLE } from '../../database/application-role.js';
import { createDataSource } from '../../database/data-source.js';
import { Database } from '../../database/database.js';
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

describe('a server is not ready', () => {
  /** Pools of one connection, so that what a test does to a pool is seen by the check. */
  let pools: Record<'no-tenant' | 'every-tenant', DataSource>;
  let readiness: Readiness;
  let check: (config: Config) => Readiness;

  beforeEach(async () => {
    const open = (scope: 'no-tenant' | 'every-tenant') =>
      createDataSource(core.database.url, core.config, [], {
        role: APPLICATION_ROLE,
        scope,
        poolSize: 1,
      }).initialize();
    pools = { 'no-tenant': await open('no-tenant'), 'every-tenant': await open('every-tenant') };
    const { 'no-tenant': own, 'every-tenant': acrossTenants } = pools;
    const repository = new ReadinessRepository(own, new Database(own, acrossTenants));
    check = (config) => new Readiness(repository, new Draining(), () => inSeconds(0).getTime(), config);
    readiness = check(core.config);
    expect(await readiness.isReady()).toBe(true);
  });
  afterEach(async () => {
    for (const pool of Object.values(pools)) if (pool.isInitialized) await pool.destroy();
  });

  it.each([
    ['has lost its scope', 'no-tenant', `SET gatehouse.tenant = '*'`],
    ['has lost its scope', 'every-tenant', `SET gatehouse.tenant = ''`],
    ['works as the user of the URL', 'no-tenant', 'RESET ROLE'],
    ['works as the user of the URL', 'every-tenant', 'RESET ROLE'],
    ['cannot write', 'no-tenant', 'SET default_transaction_read_only = on'],
    ['cannot write', 'every-tenant', 'SET default_transaction_read_only = on'],
  ] as const)('if a connection %s (%s)', async (_, scope, statement) => {
    await pools[scope].query(statement);
    expect(await readiness.isReady()).toBe(false);
  });

  it('while row-level security is off', async () => {
    await core.query('ALTER TABLE memberships DISABLE ROW LEVEL SECURITY');
    expect(await readiness.isReady()).toBe(false);
    await core.query('ALTER TABLE memberships ENABLE ROW LEVEL SECURITY');
    expect(await readiness.isReady()).toBe(true);
  });

  it.each(['no-tenant', 'every-tenant'] as const)('if only the pool %s has ended', async (scope) => {
    await pools[scope].destroy();
    expect(await readiness.isReady()).toBe(false);
  });

  it('in production, if the answer takes longer than two seconds, whatever a connection may take', async () => {
    const config = { ...core.config, DATABASE_CONNECT_SECONDS: 600 };
    const runner = pools['every-tenant'].createQueryRunner();
    await runner.connect();
    // Otherwise it would wait until the time limit of the test
    expect(await check({ ...config, isProduction: true }).isReady()).toBe(false);
    await runner.release();
    expect(await check(config).isReady()).toBe(true);
  });
});

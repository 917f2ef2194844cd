import { randomInt } from 'node:crypto';
import { POSTGRES_PROGRAMS } from '../../support/debian-postgres.js';
import { isLong } from '../../support/long.js';
import { whereAllInstalled } from '../../support/tools.js';
import { PatroniWorld } from './patroni-world.js';

/** Changes that are acknowledged before and after the primary is lost. */
const CHANGES = 40;

const seed = Number(process.env.FAULTS_SEED ?? randomInt(1_000_000));

const PROGRAMS = [
  ['patroni', '--version'],
  ['patronictl', 'version'],
  ['etcd', '--version'],
  ['haproxy', '-v'],
];
/** It takes minutes: `npm run test:faults -- --only patroni`. */
const isWanted = isLong && POSTGRES_PROGRAMS !== null;
const describeWithPrograms = isWanted ? whereAllInstalled(PROGRAMS) : describe.skip;

describeWithPrograms('a cluster of Patroni, etcd and HAProxy under load', () => {
  let world: PatroniWorld;
  beforeAll(async () => {
    world = await PatroniWorld.open(seed);
  });
  afterAll(() => world.close());

  /** One event between acknowledged changes, and the journal of them all. */
  const survives = async (name: string, event: () => Promise<void>): Promise<void> => {
    const { servers } = world;
    await servers.acknowledges(CHANGES);
    await event();
    await servers.acknowledges(CHANGES);
    const { acknowledged, unknown, lost, revived, unexpected, longestPauseMs } = await servers.check();
    process.stdout.write(
      `seed ${seed}, ${name}: acknowledged ${acknowledged}, unknown ${unknown}, lost ${lost.length}, ` +
        `revived ${revived.length}, at most ${(longestPauseMs / 1000).toFixed(1)} s without an acknowledged change\n`,
    );
    expect([name, { lost, revived, unexpected, wronglyReady: servers.wronglyReady }]).toEqual([
      name,
      { lost: [], revived: [], unexpected: [], wronglyReady: [] },
    ]);
    servers.resume();
  };

  it('loses and revives nothing when a machine crashes, comes back, hands over and stands still', async () => {
    await survives('crash', () => world.crash());
    await survives('return of the lost node', () => world.rejoin());
    await survives('planned switchover', () => world.switchover());
    await survives('standstill', () => world.freeze());
    expect(world.servers.starts).toEqual([1, 1]);
  });
});

import { randomInt } from 'node:crypto';
import { milliseconds } from '../../support/clock.js';
import { describeLong } from '../../support/long.js';
import { type Loss, ReplicatedWorld } from './replicated-world.js';

/** Changes that are acknowledged before and after the primary is lost. */
const CHANGES = 40;

const seed = Number(process.env.FAULTS_SEED ?? randomInt(1_000_000));

const LOSSES: [string, Loss][] = [
  ['crashes', 'crash'],
  ['is stopped', 'stop'],
  ['stands still', 'freeze'],
];

/** `npm run test:faults -- --only failover`. A database that goes and comes back is tested by `crash` and `journal`. */
describeLong('a fail-over to a standby under load', () => {
  let world: ReplicatedWorld;
  beforeEach(async () => {
    world = await ReplicatedWorld.open(seed);
  });
  afterEach(() => world.close());

  it.each(LOSSES)(
    'loses and revives nothing when the primary %s, and no server restarts',
    async (_, loss) => {
      await world.synchronize();
      await world.servers.acknowledges(CHANGES);
      const lostAt = milliseconds();
      await world.lose(loss);
      await world.failOver();
      await world.servers.acknowledges(1);
      const seconds = (milliseconds() - lostAt) / 1000;
      await world.servers.acknowledges(CHANGES);

      const { acknowledged, unknown, lost, revived, unexpected } = await world.servers.check();
      process.stdout.write(
        `seed ${seed}, ${loss}: acknowledged ${acknowledged}, unknown ${unknown}, lost ${lost.length}, ` +
          `revived ${revived.length}, ${seconds.toFixed(1)} s from the loss to the next acknowledged change\n`,
      );
      expect({ lost, revived, unexpected, wronglyReady: world.servers.wronglyReady }).toEqual({
        ...{ lost: [], revived: [], unexpected: [] },
        wronglyReady: [],
      });
      expect(world.servers.starts).toEqual([1, 1]);
    },
  );

  it('would lose changes without synchronous replication', async () => {
    await world.servers.acknowledges(1);
    await world.standby.stop('fast');
    await world.servers.acknowledges(CHANGES);
    await world.lose('crash');
    await world.standby.run();
    await world.failOver();
    const { lost } = await world.servers.check();
    expect(lost).not.toEqual([]);
  });
});

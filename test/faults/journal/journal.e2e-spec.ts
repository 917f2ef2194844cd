import { milliseconds } from '../../support/clock.js';
import { describeWhereInstalled } from '../../support/tools.js';
import { FaultWorld, type Report } from './support/fault-world.js';
import { inflict } from './support/faults.js';
import { readFaultSettings } from './support/settings.js';

describeWhereInstalled('redis-server', '--version')(
  'two servers under load, while everything around them fails',
  () => {
    const { seed, rounds, minutes, kinds } = readFaultSettings();

    it('lose nothing that they acknowledged, and revive nothing that they revoked', async () => {
      const world = await FaultWorld.open(seed);
      const counts = new Map(kinds.map((kind) => [kind, 0]));
      try {
        await world.passes();
        const end = minutes === undefined ? Infinity : milliseconds() + minutes * 60_000;
        const goesOn = (round: number) => (minutes === undefined ? round < rounds : milliseconds() < end);
        for (let round = 0; goesOn(round); round += 1) {
          // Each kind once before any twice
          const least = Math.min(...counts.values());
          const kind = world.draw(kinds.filter((one) => counts.get(one) === least));
          counts.set(kind, least + 1);
          await inflict(kind, world);
          await world.passes();
        }
        const report = await world.finish();
        print(seed, counts, report);
        const { lost, revived, unexpected, missing, repeated } = report;
        expect({ lost, revived, unexpected, missing, repeated }).toEqual({
          ...{ lost: [], revived: [], unexpected: [] },
          ...{ missing: [], repeated: [] },
        });
        expect(report.acknowledged).toBeGreaterThan(rounds);
      } finally {
        await world.close();
      }
    });
  },
);

function print(seed: number, faults: Map<string, number>, report: Report): void {
  const count = ([name, number]: [string, number]) => `${name} ${number}`;
  const { acknowledged, unknown, lost, revived, unexpected, missing, repeated, longestWaitMs } = report;
  process.stdout.write(
    [
      `seed ${seed}`,
      `faults: ${[...faults].map(count).join(', ')}`,
      `acknowledged ${acknowledged}, unknown ${unknown}, lost ${lost.length}, revived ${revived.length}`,
      `answers other than 2xx and 503: ${unexpected.length}`,
      `messages missing ${missing.length}, delivered more than twice ${repeated.length}`,
      `longest wait ${(longestWaitMs / 1000).toFixed(1)} s`,
      '',
    ].join('\n'),
  );
}

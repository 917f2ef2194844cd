import { createHash } from 'node:crypto';
import TestSequencer from '@jest/test-sequencer';

/** Sorts the test files into the order of the run's seed (REPEAT_SEED). */
export default class SeededSequencer extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) =>
      createHash('sha256').update(`${process.env.REPEAT_SEED}:${path}`).digest('hex');
    return tests
      .map((test) => ({ test, rank: rank(test) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .map(({ test }) => test);
  }
}

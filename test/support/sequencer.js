import TestSequencer from '@jest/test-sequencer';

/** Suites that mostly wait, for servers to stop, limits to end and machines to fail: the others run meanwhile. */
const WAITS = /\/test\/(faults|attacks)\/|\/(bench|containers|metrics|signing-keys)\.e2e-spec\.ts$/;

/** Starts suites that mostly wait first, so that no processor is idle at the end; else as Jest sorts them. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const waits = ({ path }) => WAITS.test(path);
    return [...sorted.filter(waits), ...sorted.filter((test) => !waits(test))];
  }
}

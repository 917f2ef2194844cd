import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';

/** Remembers whether a test of this file failed, so that its server's log is printed only then. */
export default class EndToEndEnvironment extends TestEnvironment {
  handleTestEvent(event: Circus.Event): void {
    if (event.name === 'test_done' && event.test.errors.length > 0) this.global.gatehouseTestFailed = true;
  }
}

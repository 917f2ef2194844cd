import { EventEmitter } from 'node:events';
import { shareOf, tell } from './workers.js';

/** A process that has just ended: nothing can be written to it any more, and its exit has not been noticed. */
class EndedWorker extends EventEmitter {
  isConnected(): boolean {
    return true;
  }

  /** As node:child_process does it: a failure is an event, unless there is a callback. */
  send(_message: unknown, callback?: unknown): boolean {
    const failure = new Error('write EPIPE');
    if (callback) (callback as (failure: Error) => void)(failure);
    else this.emit('error', failure);
    return false;
  }
}

it('a message to a worker that has just ended does not end the primary', () => {
  expect(() => tell(new EndedWorker(), { kind: 'read', id: 1, content: null })).not.toThrow();
});

describe('the parts of workers', () => {
  it.each([
    [10, 2],
    [10, 3],
    [3, 2],
    [200, 64],
  ])('of %i, %i workers together have as many', (total, count) => {
    const parts = Array.from({ length: count }, (_, index) => shareOf(total, { index, count }, 1));
    expect(parts.reduce((sum, part) => sum + part)).toBe(total);
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
  });

  it('are never smaller than what a worker needs', () => {
    expect(shareOf(3, { index: 5, count: 8 }, 1)).toBe(1);
    expect(shareOf(10, { index: 0, count: 4 }, 4)).toBe(4);
  });
});

import { CircuitBreaker } from './circuit-breaker.js';

describe('CircuitBreaker', () => {
  let now: number;
  let breaker: CircuitBreaker;
  const fail = (times: number) => Array.from({ length: times }, () => breaker.failed());

  beforeEach(() => {
    now = 0;
    breaker = new CircuitBreaker(() => now);
  });

  it('admits every wanted call until the fifth failure in a row', () => {
    fail(4);
    expect(breaker.admits(8, 3)).toBe(8);
    fail(1);
    expect(breaker.admits(8, 0)).toBe(0);
  });

  it('forgets failures with each success', () => {
    fail(4);
    breaker.succeeded();
    fail(4);
    expect(breaker.admits(8, 0)).toBe(8);
  });

  it('admits one probe after the open time, and only if nothing is under way', () => {
    fail(5);
    now = 4_999;
    expect(breaker.admits(8, 0)).toBe(0);
    now = 5_000;
    expect(breaker.admits(8, 1)).toBe(0);
    expect(breaker.admits(8, 0)).toBe(1);
  });

  it('opens again if the probe fails, and closes if it succeeds', () => {
    fail(5);
    now = 5_000;
    fail(1);
    expect(breaker.admits(8, 0)).toBe(0);
    now = 10_000;
    breaker.succeeded();
    expect(breaker.admits(8, 0)).toBe(8);
  });
});

import { SingleFlight } from './single-flight.js';

/** Operations that end when the test ends them. */
function operations(timeoutMs?: number) {
  const open: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const operation = () => new Promise<string>((resolve, reject) => open.push({ resolve, reject }));
  return { open, shared: new SingleFlight(operation, 'unknown', timeoutMs) };
}

describe('SingleFlight', () => {
  it('runs once for concurrent callers, and again for a later one', async () => {
    const { open, shared } = operations();
    const asked = [shared.take(), shared.take(), shared.take()];
    expect(open).toHaveLength(1);
    open[0]?.resolve('first');
    expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);

    const later = shared.take();
    expect(open).toHaveLength(2);
    open[1]?.resolve('second');
    expect(await later).toBe('second');
  });

  it('returns the fallback if the operation fails, and runs it again for the next caller', async () => {
    const { open, shared } = operations();
    const failing = shared.take();
    open[0]?.reject(new Error('no database'));
    expect(await failing).toBe('unknown');
    void shared.take();
    expect(open).toHaveLength(2);
    open[1]?.resolve('done');
  });

  it('returns the fallback after the timeout, and does not start a second operation until the first ends', async () => {
    const { open, shared } = operations(1);
    expect(await shared.take()).toBe('unknown');
    expect(await shared.take()).toBe('unknown');
    expect(open).toHaveLength(1);
    const asked = shared.take();
    open[0]?.resolve('late');
    expect(await asked).toBe('late');
  });
});

import { SingleFlight } from './single-flight.js';

/** Looks that end when the test says so. */
function looks(patienceMs?: number) {
  const open: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const look = () => new Promise<string>((resolve, reject) => open.push({ resolve, reject }));
  return { open, shared: new SingleFlight(look, 'unknown', patienceMs) };
}

describe('a shared look', () => {
  it('is one for all who ask at once, and another for who asks later', async () => {
    const { open, shared } = looks();
    const asked = [shared.take(), shared.take(), shared.take()];
    expect(open).toHaveLength(1);
    open[0]?.resolve('first');
    expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);

    const later = shared.take();
    expect(open).toHaveLength(2);
    open[1]?.resolve('second');
    expect(await later).toBe('second');
  });

  it('is unknown where it fails, and tried again', async () => {
    const { open, shared } = looks();
    const failing = shared.take();
    open[0]?.reject(new Error('no database'));
    expect(await failing).toBe('unknown');
    void shared.take();
    expect(open).toHaveLength(2);
    open[1]?.resolve('done');
  });

  it('is unknown to who has waited long enough, and still the only one until it ends', async () => {
    const { open, shared } = looks(1);
    expect(await shared.take()).toBe('unknown');
    expect(await shared.take()).toBe('unknown');
    expect(open).toHaveLength(1);
    const asked = shared.take();
    open[0]?.resolve('late');
    expect(await asked).toBe('late');
  });
});

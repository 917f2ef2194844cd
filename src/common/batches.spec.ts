import { Batches } from './batches.js';

interface Item {
  group: string;
  key: string;
}

/** A batcher whose batches end when they are told to. */
function held(maxRunning: number, maxSize = 10) {
  const started: {
    items: Item[];
    end: (results?: Promise<string>[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const batches = new Batches<Item, string>(
    { groupOf: ({ group }) => group, keyOf: ({ key }) => key, maxSize, maxRunning },
    (items) =>
      new Promise((resolve, reject) => {
        const done = () => items.map(({ group, key }) => `${group}${key}`);
        started.push({ items, end: (results) => resolve(results ?? done()), fail: reject });
      }),
  );
  const keys = () => started.map(({ items }) => items.map(({ key }) => key).join(''));
  return { started, keys, add: (key: string, group = 'g') => batches.add({ group, key }) };
}

const ticks = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('Batches', () => {
  it('runs together what arrives in one tick, and what arrives while it may start nothing', async () => {
    const { started, keys, add } = held(1);
    const first = [add('a'), add('b')];
    await ticks();
    const later = [add('c'), add('d')];
    await ticks();
    expect(keys()).toEqual(['ab']);
    started[0]?.end();
    expect(await Promise.all(first)).toEqual(['ga', 'gb']);
    await ticks();
    expect(keys()).toEqual(['ab', 'cd']);
    started[1]?.end();
    expect(await Promise.all(later)).toEqual(['gc', 'gd']);
  });

  it('keeps groups and equal keys apart, in the order of their arrival', async () => {
    const { keys, add } = held(10);
    void Promise.all([add('a'), add('x', 'other'), add('a'), add('b'), add('a')]);
    await ticks();
    expect(keys()).toEqual(['ab', 'x', 'a', 'a']);
  });

  it('starts no more than fit, and no more at once than may', async () => {
    const { keys, add } = held(2, 2);
    void Promise.all([add('a'), add('b'), add('c'), add('d'), add('e')]);
    await ticks();
    expect(keys()).toEqual(['ab', 'cd']);
  });

  it('rejects all of a batch that fails, and goes on with the next one', async () => {
    const { started, keys, add } = held(1);
    const failed = Promise.allSettled([add('a'), add('b')]);
    await ticks();
    const next = add('c');
    started[0]?.fail(new Error('broken'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await ticks();
    expect(keys()).toEqual(['ab', 'c']);
    started[1]?.end();
    expect(await next).toBe('gc');
  });

  it('starts the next batch while a result is still a promise', async () => {
    const { started, keys, add } = held(1);
    const settled: string[] = [];
    let resolve: (value: string) => void = () => undefined;
    void add('a').then((result) => settled.push(result));
    await ticks();
    void add('b');
    started[0]?.end([new Promise<string>((settle) => (resolve = settle))]);
    await ticks();
    expect([keys(), settled]).toEqual([['a', 'b'], []]);
    resolve('at last');
    await ticks();
    expect(settled).toEqual(['at last']);
  });
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { jest } from '@jest/globals';
import { AsyncScope } from './async-scope.js';

const inTurn = async () => {
  await new Promise((resolve) => setImmediate(resolve));
};

it('gives each of several works its own value, whatever they wait for', async () => {
  const scope = new AsyncScope<number>();
  const read = (value: number) =>
    scope.run(value, async () => {
      await inTurn();
      const inner = await scope.run(-value, async () => {
        await inTurn();
        return scope.current;
      });
      return [inner, scope.current];
    });
  const found = await Promise.all([read(1), read(2), read(3)]);
  expect(found).toEqual([
    [-1, 1],
    [-2, 2],
    [-3, 3],
  ]);
  expect(scope.current).toBeUndefined();
});

it('keeps the value of work that runs while other work ends or throws', async () => {
  const scope = new AsyncScope<string>();
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const long = scope.run('long', async () => {
    await ended;
    return scope.current;
  });
  await expect(scope.run('short', () => Promise.reject(new Error('short')))).rejects.toThrow('short');
  end();
  await expect(long).resolves.toBe('long');
});

it('can be used again after it was idle', async () => {
  const scope = new AsyncScope<string>();
  const read = (value: string) =>
    scope.run(value, async () => {
      await inTurn();
      return scope.current;
    });
  expect([await read('first'), scope.current, await read('second')]).toEqual(['first', undefined, 'second']);
});

it('lets go of the hooks of the process when the last work has ended, not before', async () => {
  const disable = jest.spyOn(AsyncLocalStorage.prototype, 'disable');
  const scope = new AsyncScope<string>();
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const long = scope.run('long', () => ended);
  await scope.run('short', inTurn);
  expect(disable).not.toHaveBeenCalled();
  end();
  await long;
  expect(disable).toHaveBeenCalledTimes(1);
  disable.mockRestore();
});

import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { ndjson } from './ndjson.js';

class Pages {
  read = 0;
  ended = false;

  constructor(private readonly count: number) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<number[]> {
    try {
      for (; this.read < this.count; this.read += 1) yield [this.read, this.read];
    } finally {
      this.ended = true;
    }
  }
}

const show = (number: number) => ({ number, text: 'one\ntwo\u2028' });

it('is a line for each item of each page', async () => {
  const lines = (await text(ndjson(new Pages(3), show))).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([0, 0, 1, 1, 2, 2].map(show));
});

it('is empty where there is nothing', async () => {
  expect(await text(ndjson(new Pages(0), show))).toBe('');
});

it('reads no further ahead than its reader, and stops where the reader goes', async () => {
  const pages = new Pages(1_000);
  const stream = ndjson(pages, show);
  await once(stream, 'readable');
  await new Promise((resolve) => setImmediate(resolve));
  expect(pages.read).toBeLessThan(3);
  stream.destroy();
  await once(stream, 'close');
  expect(pages.ended).toBe(true);
  expect(pages.read).toBeLessThan(3);
});

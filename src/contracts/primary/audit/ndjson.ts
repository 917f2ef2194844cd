import { Readable } from 'node:stream';

export const NDJSON = 'application/x-ndjson';

/**
 * One line of JSON for each item. Pages are read only as the reader consumes them: at most two are in memory, and the
 * source is closed when the reader disconnects.
 */
export function ndjson<T>(pages: AsyncIterable<T[]>, show: (item: T) => object): Readable {
  const texts = async function* () {
    for await (const page of pages) yield page.map((item) => `${JSON.stringify(show(item))}\n`).join('');
  };
  return Readable.from(texts(), { highWaterMark: 1 });
}

import { Readable } from 'node:stream';

export const NDJSON = 'application/x-ndjson';

/**
 * A line of JSON for each item, made page by page as the reader takes them: no more than two pages are in memory, and
 * a reader who goes ends the pages.
 */
export function ndjson<T>(pages: AsyncIterable<T[]>, show: (item: T) => object): Readable {
  const texts = async function* () {
    for await (const page of pages) yield page.map((item) => `${JSON.stringify(show(item))}\n`).join('');
  };
  return Readable.from(texts(), { highWaterMark: 1 });
}

import { LRUCache } from 'lru-cache';

const MAX_TEXTS = 10_000;
/** No text that is worth remembering is longer. */
const MAX_LENGTH = 64;

/** A pure function of a text that remembers its last results: for what every request asks several times. */
export function remembered<Result>(work: (text: string) => Result): (text: string) => Result {
  const known = new LRUCache<string, { result: Result }>({ max: MAX_TEXTS });
  return (text) => {
    if (text.length > MAX_LENGTH) return work(text);
    const found = known.get(text);
    if (found) return found.result;
    const result = work(text);
    known.set(text, { result });
    return result;
  };
}

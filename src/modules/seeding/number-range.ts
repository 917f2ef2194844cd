import { canonicalPhone } from '../../common/identifiers.js';

const MAX_PLACES = 4;
const RANGE = /^(.*?)(x*)$/;

/** Every number of a range such as `+9199999000xx`, in canonical form; none if it is no range of phone numbers. */
export function numbersOf(range: string): string[] {
  const [, begin = '', places = ''] = RANGE.exec(range.trim()) ?? [];
  if (places.length > MAX_PLACES) return [];
  const first = canonicalPhone(begin + '0'.repeat(places.length));
  if (first === null) return [];
  const prefix = first.slice(0, first.length - places.length);
  return Array.from({ length: 10 ** places.length }, (_, n) =>
    places === '' ? first : `${prefix}${String(n).padStart(places.length, '0')}`,
  );
}

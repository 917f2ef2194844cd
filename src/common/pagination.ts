/** One page of a list. `nextCursor` is opaque and null on the last page. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** Which page of a list is wanted: so many rows after the one with this id, or from the start. */
export interface PageRequest {
  limit: number;
  after: string | null;
}

/** From rows in the order of `idOf`, one more than `limit` where there is a next page. */
export function toPage<T extends { id: string }>(
  rows: T[],
  { limit }: PageRequest,
  idOf: (row: T) => string = ({ id }) => id,
): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: last && rows.length > limit ? toCursor(idOf(last)) : null };
}

/** The sixteen bytes of a UUID in base64url; every text of that form is the cursor of some id: a place, not a right. */
export const CURSOR_FORM = /^[\w-]{22}$/;

export function fromCursor(cursor: string): string {
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function toCursor(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

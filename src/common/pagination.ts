/** Rows of a page whose reader does not say how many, and at most. */
export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;

/** One page of a list. `nextCursor` is opaque and null on the last page. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** The page that a caller wants: up to `limit` rows after the row with this id, or from the start. */
export interface PageRequest {
  limit: number;
  after: string | null;
}

/** `rows` are in the order of `idOf`, with one row more than `limit` if there is a next page. */
export function toPage<T extends { id: string }>(
  rows: T[],
  { limit }: PageRequest,
  idOf: (row: T) => string = ({ id }) => id,
): Page<T> {
  return toPageBy(rows, limit, (row) => toCursor(idOf(row)));
}

/** As `toPage`, for a list with cursors of its own. */
export function toPageBy<T>(rows: T[], limit: number, cursorOf: (row: T) => string): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: last && rows.length > limit ? cursorOf(last) : null };
}

/**
 * A cursor is the sixteen bytes of a UUID in base64url. Each id has exactly one such text, and every text of this form
 * is the cursor of some id. A cursor names a position and grants nothing.
 */
export const CURSOR_FORM = /^[\w-]{21}[AQgw]$/;

export function fromCursor(cursor: string): string {
  return toId(Buffer.from(cursor, 'base64url'));
}

/** Sixteen bytes as a UUID, of whatever version. */
export function toId(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function toCursor(id: string): string {
  return fromId(id).toString('base64url');
}

export function fromId(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

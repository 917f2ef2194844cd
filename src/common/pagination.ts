import { AppError } from './app-error.js';

/** One page of a list. `nextCursor` is opaque and null on the last page. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** Which page is wanted. */
export interface PageRequest {
  /** At most so many. */
  limit: number;
  /** The `nextCursor` of the page before; absent for the first one. */
  cursor?: string;
}

class CursorInvalid extends AppError {
  constructor() {
    super('validation_failed', {
      detail: 'See `errors` for each field.',
      errors: [{ pointer: '#/cursor', code: 'is_cursor', detail: 'must be the nextCursor of an answer' }],
    });
  }
}

const UUID_BYTES = 16;

/** The id after which the page begins, or null at the start. Throws CursorInvalid. A cursor is a place, not a right. */
export function cursorId({ cursor }: PageRequest): string | null {
  if (cursor === undefined) return null;
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== UUID_BYTES || bytes.toString('base64url') !== cursor) throw new CursorInvalid();
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A page of rows that were read in the order of their ids, one more than the limit: the extra one tells of a next page. */
export function pageOf<T>(rows: T[], { limit }: PageRequest, idOf: (row: T) => string): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  const nextCursor = hasMore
    ? Buffer.from(idOf(last).replaceAll('-', ''), 'hex').toString('base64url')
    : null;
  return { data, nextCursor };
}

import { CURSOR_FORM, fromCursor, fromId, toId } from '../../common/pagination.js';

/** The event after which a page begins. */
export interface EventPlace {
  id: string;
  /** When it happened, in microseconds since 1970. Null in a cursor of an earlier version: the event is looked up. */
  micros: string | null;
}

/** A list of events from a place on. */
export interface EventsPageRequest {
  limit: number;
  after: EventPlace | null;
}

/**
 * Seven bytes of time below a zero, and the sixteen of the id, in base64url: with the time PostgreSQL reads no month
 * after the place, and looks the event up in none. Every text of this form is the cursor of some place. A cursor names a
 * position and grants nothing.
 */
const TIMED_FORM = /^A[A-P][\w-]{30}$/;

/** That, or a cursor of an earlier version. */
export const EVENT_CURSOR_FORM = new RegExp(`${TIMED_FORM.source}|${CURSOR_FORM.source}`);

const TIME_BYTES = 8;
const MAX_MICROS = 2n ** 56n - 1n;

export function toEventCursor({ id, micros }: { id: string; micros: string }): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(within(BigInt(micros)));
  return Buffer.concat([time, fromId(id)]).toString('base64url');
}

export function fromEventCursor(cursor: string): EventPlace {
  if (!TIMED_FORM.test(cursor)) return { id: fromCursor(cursor), micros: null };
  const bytes = Buffer.from(cursor, 'base64url');
  return { id: toId(bytes.subarray(TIME_BYTES)), micros: bytes.readBigUInt64BE().toString() };
}

/** Times that PostgreSQL has and a cursor has not. */
const within = (micros: bigint) => (micros < 0n ? 0n : micros > MAX_MICROS ? MAX_MICROS : micros);

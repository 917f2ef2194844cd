import { UsageError } from '../boot/run-command.js';
import { CURSOR_FORM, DEFAULT_LIMIT, fromCursor, MAX_LIMIT, type Page } from '../common/pagination.js';
import { EVENT_CURSOR_FORM, type EventPlace, fromEventCursor } from '../modules/audit/event-place.js';
import type { Result } from './command.js';

/** The options of a command that prints pages. */
export const PAGE_OPTIONS = {
  limit: { type: 'string' },
  cursor: { type: 'string' },
  all: { type: 'boolean', default: false },
} as const;

type Options = Record<string, unknown>;

/** The cursors of a list, and what they name. */
interface Cursors<Place> {
  form: RegExp;
  read: (cursor: string) => Place;
}

/** Of lists in the order of ids. */
export const ROWS: Cursors<string> = { form: CURSOR_FORM, read: fromCursor };
/** Of lists of audit events. */
export const EVENTS: Cursors<EventPlace> = { form: EVENT_CURSOR_FORM, read: fromEventCursor };

/** Throws UsageError. */
export function checkPages({ limit, cursor, all }: Options, { form }: Cursors<unknown>): void {
  if (all === true && (limit !== undefined || cursor !== undefined))
    throw new UsageError('--all goes with neither --limit nor --cursor.');
  const isLimit = typeof limit === 'string' && /^\d{1,3}$/.test(limit);
  if (limit !== undefined && !(isLimit && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT))
    throw new UsageError(`--limit is a number from 1 to ${MAX_LIMIT}.`);
  if (cursor !== undefined && !(typeof cursor === 'string' && form.test(cursor)))
    throw new UsageError('--cursor is the nextCursor of the page before.');
}

/** The page that the options name, or with --all the rows of every page. */
export async function readPages<Row, Place>(
  { limit, cursor, all }: Options,
  cursors: Cursors<Place>,
  read: (page: { limit: number; after: Place | null }) => Promise<Page<Row>>,
): Promise<Page<Row>> {
  const after = typeof cursor === 'string' ? cursors.read(cursor) : null;
  if (all !== true) return read({ limit: limit === undefined ? DEFAULT_LIMIT : Number(limit), after });
  const data: Row[] = [];
  for (let next: Place | null = null; ;) {
    const page: Page<Row> = await read({ limit: MAX_LIMIT, after: next });
    data.push(...page.data);
    if (page.nextCursor === null) return { data, nextCursor: null };
    next = cursors.read(page.nextCursor);
  }
}

/** Below a page that is not the last one. */
export const more = ({ nextCursor }: Result): string =>
  typeof nextCursor === 'string' ? `There are more: --cursor ${nextCursor}, or --all\n` : '';

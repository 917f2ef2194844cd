import { EVENT_CURSOR_FORM, fromEventCursor, toEventCursor } from './event-place.js';

const ID = '01988b6e-7c1f-7000-8000-000000000003';
const MAX_MICROS = String(2n ** 56n - 1n);

it.each(['0', '1', '1795300000123456', MAX_MICROS])('a cursor names the event and its time: %s', (micros) => {
  const cursor = toEventCursor({ id: ID, micros });
  expect(cursor).toMatch(EVENT_CURSOR_FORM);
  expect(fromEventCursor(cursor)).toEqual({ id: ID, micros });
});

it.each([
  ['before 1970', '-1', '0'],
  ['after the year 4253', String(2n ** 56n), MAX_MICROS],
])('a time %s becomes the nearest that a cursor has', (_, micros, nearest) => {
  expect(fromEventCursor(toEventCursor({ id: ID, micros }))).toEqual({ id: ID, micros: nearest });
});

it('a cursor of an earlier version names the event alone', () => {
  const cursor = Buffer.from(ID.replaceAll('-', ''), 'hex').toString('base64url');
  expect(cursor).toMatch(EVENT_CURSOR_FORM);
  expect(fromEventCursor(cursor)).toEqual({ id: ID, micros: null });
});

it.each(['AA'.padEnd(32, '_'), 'AP'.padEnd(32, '_'), 'A'.repeat(32)])(
  'every text in the form of a cursor is a place: %s',
  (cursor) => {
    expect(cursor).toMatch(EVENT_CURSOR_FORM);
    const { id, micros } = fromEventCursor(cursor);
    expect(toEventCursor({ id, micros: micros ?? '' })).toBe(cursor);
  },
);

it.each(['AQ'.padEnd(32, 'A'), 'BA'.padEnd(32, 'A'), 'A'.repeat(31), 'A'.repeat(33), `${'A'.repeat(32)}=`])(
  'another text is none: %s',
  (cursor) => {
    expect(cursor).not.toMatch(EVENT_CURSOR_FORM);
  },
);

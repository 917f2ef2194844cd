import { v7 as newId } from 'uuid';
import { CURSOR_FORM, fromCursor, toPage } from './pagination.js';

const rows = (count: number) => Array.from({ length: count }, () => ({ id: newId() }));

describe('a page', () => {
  it('has a cursor to its last row if there are more', () => {
    const all = rows(3);
    const { data, nextCursor } = toPage(all, { limit: 2, after: null });
    expect(data).toEqual(all.slice(0, 2));
    expect(nextCursor).toMatch(CURSOR_FORM);
    expect(fromCursor(nextCursor ?? '')).toBe(all[1]?.id);
  });

  it.each([0, 1, 2])('is the last one with %i rows of two', (count) => {
    expect(toPage(rows(count), { limit: 2, after: null }).nextCursor).toBeNull();
  });
});

it.each(['AAAAAAAAAAAAAAAAAAAAAA', '_____________________w', 'zzzzzzzzzzzzzzzzzzzzzQ'])(
  'every text in the form of a cursor is an id: %s',
  (cursor) => {
    expect(cursor).toMatch(CURSOR_FORM);
    expect(fromCursor(cursor)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  },
);

it.each([
  'AAAAAAAAAAAAAAAAAAAAAB',
  'AAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAA=',
])('no second text encodes the same id: %s', (cursor) => {
  expect(cursor).not.toMatch(CURSOR_FORM);
});

import { v7 as newId } from 'uuid';
import { AppError } from './app-error.js';
import { cursorId, pageOf } from './pagination.js';

describe('a page', () => {
  const rows = Array.from({ length: 3 }, () => ({ id: newId() }));

  it('ends where its cursor begins the next one', () => {
    const { data, nextCursor } = pageOf(rows, { limit: 2 }, ({ id }) => id);
    expect(data).toEqual(rows.slice(0, 2));
    expect(cursorId({ limit: 2, cursor: nextCursor ?? '' })).toBe(rows[1]?.id);
  });

  it('is the last one where nothing is left', () => {
    expect(pageOf(rows, { limit: 3 }, ({ id }) => id).nextCursor).toBeNull();
    expect(pageOf([], { limit: 3 }, () => '')).toEqual({ data: [], nextCursor: null });
  });

  it('is the first one without a cursor', () => {
    expect(cursorId({ limit: 1 })).toBeNull();
  });

  it.each(['', 'x', `${'A'.repeat(21)}B`, 'A'.repeat(23), '*'.repeat(22), `${'A'.repeat(22)}==`])(
    'does not begin at %j',
    (cursor) => {
      expect(() => cursorId({ limit: 1, cursor })).toThrow(AppError);
    },
  );
});

import { shareOf } from './workers.js';

describe('the parts of workers', () => {
  it.each([
    [10, 2],
    [10, 3],
    [3, 2],
    [200, 64],
  ])('of %i, %i workers together have as many', (total, count) => {
    const parts = Array.from({ length: count }, (_, index) => shareOf(total, { index, count }, 1));
    expect(parts.reduce((sum, part) => sum + part)).toBe(total);
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
  });

  it('are never smaller than what a worker needs', () => {
    expect(shareOf(3, { index: 5, count: 8 }, 1)).toBe(1);
    expect(shareOf(10, { index: 0, count: 4 }, 4)).toBe(4);
  });
});

import { AppError, shortenName } from './app-error.js';

const errors = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    pointer: `/field${index}`,
    code: 'unknown_field',
    detail: 'is unknown',
  }));

describe('an application error', () => {
  it('lists the first fifty invalid fields of a request, however many there are', () => {
    const listed = new AppError('validation_failed', { errors: errors(60_000) }).options.errors ?? [];
    expect(listed).toHaveLength(50);
    expect(listed.at(-1)?.pointer).toBe('/field49');
    expect(new AppError('validation_failed', { errors: errors(3) }).options.errors).toHaveLength(3);
  });

  it('shortens a field name in the response, without splitting a character', () => {
    const shortened = shortenName(`/${'\u{1F600}'.repeat(5000)}`);
    expect(shortened.length).toBeLessThanOrEqual(200);
    expect(shortened.isWellFormed()).toBe(true);
    expect(shortenName('/email')).toBe('/email');
  });
});

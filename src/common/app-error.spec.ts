import { advice, AppError, shortenName } from './app-error.js';

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

  it('prints the members in its detail under the names of the contract', () => {
    const error = new AppError('role_in_use', { detail: advice`Send ${'moveTo'} or ${'code'}.` });
    expect(error.printDetail()).toBe('Send `moveTo` or `code`.');
    expect(error.printDetail((member) => member.toUpperCase())).toBe('Send `MOVETO` or `CODE`.');
    expect(new AppError('role_in_use', { detail: 'Send `it`.' }).printDetail(() => '')).toBe('Send `it`.');
    expect(new AppError('role_in_use').printDetail()).toBeUndefined();
  });

  it('shortens a field name in the response, without splitting a character', () => {
    const shortened = shortenName(`/${'\u{1F600}'.repeat(5000)}`);
    expect(shortened.length).toBeLessThanOrEqual(200);
    expect(shortened.isWellFormed()).toBe(true);
    expect(shortenName('/email')).toBe('/email');
  });
});

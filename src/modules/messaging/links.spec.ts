import { buildLink } from './links.js';

describe('buildLink', () => {
  it.each([
    ['verify-email', 'https://app.example.com/verify-email#token=abc_-1'],
    ['password-reset', 'https://app.example.com/reset-password#token=abc_-1'],
    ['invitation', 'https://app.example.com/accept-invitation#token=abc_-1'],
  ] as const)('puts the secret of a %s link into the fragment', (purpose, expected) => {
    expect(buildLink('https://app.example.com', purpose, 'abc_-1')).toBe(expected);
  });

  it('keeps the path of the configured base', () => {
    expect(buildLink('https://example.com/app', 'invitation', 'x')).toBe(
      'https://example.com/app/accept-invitation#token=x',
    );
  });

  it('lets no token break out of the fragment', () => {
    const link = buildLink('https://example.com', 'invitation', 'a"b c&d');

    expect(link).not.toMatch(/["\s&]/);
    expect(new URLSearchParams(new URL(link).hash.slice(1)).get('token')).toBe('a"b c&d');
  });
});

import { Canaries } from '../support/canaries/canaries.js';

const codes = (first: number, count = 10) => Array.from({ length: count }, (_, n) => String(first + n));
const after = (shown: object, path: string, answer: object) => {
  const canaries = new Canaries();
  canaries.received('/auth/enable-2fa', JSON.stringify(shown));
  canaries.received(path, JSON.stringify(answer));
  return () => canaries.assertNone();
};

describe('the search for secrets in responses', () => {
  const shown = { secret: 'JBSWY3DPEHPK3PXP', backup_codes: codes(12_345_670) };

  it('accepts two codes of a new set that were returned before as chance', () => {
    const backup_codes = [...codes(90_000_000, 8), '12345670', '12345671'];
    expect(after(shown, '/auth/enable-2fa', { backup_codes })).not.toThrow();
  });

  it('finds a set of codes that is returned again', () => {
    expect(after(shown, '/auth/enable-2fa', { backup_codes: shown.backup_codes })).toThrow(
      'backup_codes 12…',
    );
  });

  it('finds three codes of a set in a new one', () => {
    const backup_codes = [...codes(90_000_000, 7), ...codes(12_345_670, 3)];
    expect(after(shown, '/auth/enable-2fa', { backup_codes })).toThrow('backup_codes 12…');
  });

  it.each([
    ['a code, under another name', { last: '12345670' }],
    ['a secret, under its own', { secret: shown.secret }],
    ['a secret, inside a text', { text: `otpauth://totp/x?secret=${shown.secret}` }],
  ])('finds %s', (_, answer) => {
    expect(after(shown, '/auth/me', answer)).toThrow('again in an answer to /auth/me');
  });
});

import { jest } from '@jest/globals';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { AppError } from '../../common/app-error.js';
import { loadConfig } from '../../config/config.js';
import type { PasswordOwner } from './password-identity.js';
import { PasswordPolicy } from './password-policy.js';

const policy = new PasswordPolicy(loadConfig({}));
const codeOf = async (password: string, owner?: PasswordOwner, of = policy): Promise<string> => {
  try {
    await of.check(password, owner);
    return 'accepted';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

const JOHN: PasswordOwner = {
  email: 'admin@acme.com',
  names: ['John', 'Doe'],
  company: 'Acme Corporation',
  slug: 'acme-corporation',
};
const JANE: PasswordOwner = { ...JOHN, email: 'newuser@acme.com', names: ['Jane', 'Smith'] };
const RAJESH: PasswordOwner = {
  phone: '+919876543210',
  names: ['Rajesh Kumar'],
  company: 'Kumar General Store',
};
const DENTIST: PasswordOwner = {
  email: 'maria.muller+front@smile.example',
  phone: '+4915112345678',
  names: ['María', 'Müller'],
  company: 'Acme Dental',
  slug: 'acme-dental-2',
};

describe('PasswordPolicy', () => {
  beforeAll(() => policy.onModuleInit());

  describe.each([
    ['John', JOHN],
    ['Jane', JANE],
    ['Rajesh', RAJESH],
    ['a person who gave nothing', {}],
  ])('with the published owner %s', (_, owner) => {
    it.each([
      'SecurePass123!',
      'NewSecurePass456!',
      'NewPassword456!',
      'OldPassword123!',
      'OldPass123!',
      'NewPass456!',
      'secureP@ss123',
      'newSecureP@ss456',
    ])('accepts the published password %s', async (password) => {
      expect(await codeOf(password, owner)).toBe('accepted');
    });
  });

  it.each([
    ['20 lowercase letters', 'qhzjkxmwvpybtnlcgafr'],
    ['20 digits', '83920174658392017465'],
    ['a Cyrillic passphrase', 'мой кот любит старую рыбу'],
    ['8 emoji', '😀🦊🌵🚲🎻🧀🛰🪁'],
    ['spaces', '  grasp  lantern  '],
    ['an unlikely minimum', 'xk7#Qw9z'],
    ['a weak beginning with a strong end', `${'a'.repeat(72)}xK7#qW9zLm4&`],
    ['a strong beginning with a weak end', `xK7#qW9zLm4&${'a'.repeat(72)}`],
  ])('accepts %s', async (_, password) => {
    expect(await codeOf(password, JOHN)).toBe('accepted');
  });

  it.each([
    [7, 'password_too_short'],
    [8, 'accepted'],
    [128, 'accepted'],
    [129, 'password_too_long'],
  ])('counts code points: %d emoji or letters are %s', async (length, expected) => {
    const emoji = ['😀', '🦊', '🌵', '🚲', '🎻', '🧀', '🛰', '🪁', '🐙', '🍇', '🎲'];
    const letters = [...'xk7#Qw9zLm4&Rt2!vB8*'];
    const take = (from: string[]) =>
      Array.from({ length }, (_, i) => from[(i * (i + 3)) % from.length]).join('');

    expect(await codeOf(take(emoji))).toBe(expected);
    expect(await codeOf(take(letters))).toBe(expected);
  });

  it('enforces a longer configured minimum', async () => {
    const strict = new PasswordPolicy(loadConfig({ PASSWORD_MIN_LENGTH: '15' }));
    expect(await codeOf('SecurePass123!', {}, strict)).toBe('password_too_short');
    expect(await codeOf('SecurePass1234!', {}, strict)).toBe('accepted');
  });

  it('counts a composed character once, however it was typed', async () => {
    expect(await codeOf('éèüößñç'.normalize('NFD'))).toBe('password_too_short');
  });

  it.each([
    ['password'],
    ['PASSWORD'],
    ['12345678'],
    ['baseball'],
    ['QwertyUiop'],
    ['trustno1'],
    ['1qaz2wsx'],
    ['iloveyou'],
    ['password1'],
    ['00000000'],
    ['87654321'],
    ['12341234'],
    ['aaaaaaaa'],
    ['0987654321'],
    ['P@ssword'],
    ['qweqweqwe'],
    ['January1'],
    ['159357456'],
  ])('blocklists %s', async (password) => {
    expect(await codeOf(password, JOHN)).toBe('password_blocklisted');
  });

  it.each(['Password1!', 'Password123!', 'Qwerty123!', 'Elizabeth1!', 'elephants1'])(
    'does not accept %s',
    async (password) => {
      expect(await codeOf(password, JOHN)).toMatch(/^password_(too_weak|blocklisted)$/);
    },
  );

  it.each([
    ['acmedental'],
    ['AcmeDental1'],
    ['Acme Dental'],
    ['acme-dental'],
    ['acme_dental_2024!'],
    ['2024acmedental'],
    ['@cmeD3nt@l'],
    ['latnedemca'],
    ['acme-dental-2'],
    ['maria.muller+front@smile.example'],
    ['maria.muller'],
    ['MariaMuller99'],
    ['MaríaMüller'],
    ['Müller, María'],
    ['maria.muller+front1'],
    ['+4915112345678'],
    ['015112345678'],
    ['15112345678'],
    ['gatehouse'],
    ['GateHouse123!'],
  ])('refuses the identity variant %s', async (password) => {
    expect(await codeOf(password, DENTIST)).toBe('password_contains_identity');
  });

  it.each<[string, PasswordOwner]>([
    ['mariamuller1', { names: ['María', 'Müller'] }],
    ['Müller, María', { names: ['María', 'Müller'] }],
    ['Zubrowka2024', { email: 'zubrowka+front@smile.example' }],
    ['zubrowkasmileexample', { email: 'zubrowka@smile.example' }],
    ['0xB0w1nn', { company: 'Ox Bow Inn' }],
    ['(212) 555-0199', { phone: '+12125550199' }],
    ['25550199', { phone: '+12125550199' }],
    ['0212 9876543', { phone: '+3512129876543' }],
  ])('refuses %s of %j', async (password, owner) => {
    expect(await codeOf(password, owner)).toBe('password_contains_identity');
  });

  it.each(['acmedental', 'mariamullerfront', 'latnedemca'])('accepts %s of a stranger', async (password) => {
    expect(await codeOf(password, RAJESH)).toBe('accepted');
  });

  it.each(['acmedental grasp lantern', 'acmedental83920174658392', 'my dentist hates acme'])(
    'accepts %s: the identity is a small part of it',
    async (password) => {
      expect(await codeOf(password, DENTIST)).toBe('accepted');
    },
  );

  it('rates strength by what an attacker knows about the owner', async () => {
    expect(await codeOf('zubrowkawater', {})).toBe('accepted');
    expect(await codeOf('zubrowkawater', { company: 'Zubrowka & Sons' })).toBe('password_too_weak');
  });

  it('ignores identity fields without anything to compare', async () => {
    const owner = { email: '@', phone: '+', names: ['', '!', null], company: ' - ', slug: null };
    expect(await codeOf('😀🦊🌵🚲🎻🧀🛰🪁', owner)).toBe('accepted');
    expect(await codeOf('SecurePass123!', owner)).toBe('accepted');
  });

  it.each([
    ['__proto__'],
    ['hasOwnProperty'],
    ['\ud800\ud800\ud800\ud800\ud800\ud800\ud800\ud800'],
    ['\0\0\0\0\0\0\0\0\0'],
  ])('returns an error code for the odd input %j', async (password) => {
    expect(await codeOf(password, { names: [password], company: '__proto__' })).toMatch(
      /^(accepted$|password_)/,
    );
  });

  it('says what would help and points at the field', async () => {
    await expect(policy.check('Password1!', {}, 'newPassword')).rejects.toMatchObject({
      code: 'password_too_weak',
      options: {
        detail: expect.stringContaining('commonly used password') as string,
        errors: [
          { pointer: '#/newPassword', code: 'password_too_weak', detail: expect.any(String) as string },
        ],
      },
    });
    await expect(policy.check('short')).rejects.toMatchObject({
      options: { detail: 'Use at least 8 characters.', errors: [{ pointer: '#/password' }] },
    });
  });

  it.each([
    ['many substitutions', '4@8({[<369&#!i1|70$5+%2'.repeat(6).slice(0, 128)],
    ['common words in disguise', 'p@55w0rd'.repeat(16)],
    ['one character', '1'.repeat(128)],
    ['dates', '19990101'.repeat(16)],
    ['wide substitutions', '/\\/\\/-\\|_|<|>'.repeat(10).slice(0, 128)],
  ])('calls zxcvbn with 24 characters of 128 at a time, and at most twice: %s', async (_, password) => {
    const check = jest.spyOn(ZxcvbnFactory.prototype, 'check');
    await codeOf(password, DENTIST);
    const asked = check.mock.calls.map(([text]) => text);
    check.mockRestore();
    expect([[password.slice(0, 24)], [password.slice(0, 24), password.slice(-24)]]).toContainEqual(asked);
  });
});

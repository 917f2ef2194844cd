import { loadConfig } from '../../config/config.js';
import type { AddressedMessage, Sender } from './outgoing-message.js';
import { kindOf, limitsFor, purposesOf, purposesSharingLimit } from './send-limits.js';

const config = loadConfig({ OTP_TEST_NUMBERS: '+919876543210:123456' });
const sender: Sender = { sessionId: 's', userId: 'u', tenantId: 't' };
const to = 'a@example.com';
const reset: AddressedMessage = { template: 'password-reset', to };
const code: AddressedMessage = { template: 'otp', channel: 'sms', purpose: 'sign-in', to: '+919876543211' };
const change: AddressedMessage = { template: 'verify-email', to, sender };
const invitation: AddressedMessage = { template: 'invitation', channel: 'email', to, sender };
const notice: AddressedMessage = { template: 'notice', to, event: 'password_changed' };

const EMAIL = ['purpose 1/60', 'purpose 5 (2)/3600', 'purpose 20 (6)/86400'];
const SMS = ['purpose 1/60', 'purpose 3 (2)/600', 'purpose 10 (4)/86400'];

const limits = (message: AddressedMessage) =>
  limitsFor(message, config).map(
    ({ seconds, max, reserve, counted }) =>
      `${counted} ${max}${reserve === undefined ? '' : ` (${reserve})`}/${seconds}`,
  );

describe('limitsFor', () => {
  it.each<[string, AddressedMessage, string[]]>([
    ['a reset link', reset, EMAIL],
    ['a code by e-mail', { ...code, channel: 'email', to }, EMAIL],
    ['a link to the account’s own address', { template: 'verify-email', to }, EMAIL],
    ['a code by SMS', code, SMS],
    ['a restoration link by SMS', { template: 'account-restoration', channel: 'sms', to: code.to }, SMS],
  ])('spaces and bounds %s by its purpose at the recipient', (_, message, expected) => {
    expect(limits(message)).toEqual(expected);
  });

  it('also limits what one person and one tenant send to recipients of their choice', () => {
    expect(limits(change)).toEqual([...EMAIL, 'session 3/3600', 'account 6/86400', 'tenant 50/86400']);
    const invitations = ['session 40/3600', 'account 50/3600', 'tenant 60/3600', 'tenant 200/86400'];
    expect(limits(invitation)).toEqual([...EMAIL, ...invitations]);
    expect(limits({ ...invitation, channel: 'sms', to: code.to })).toEqual([...SMS, ...invitations]);
  });

  it('limits notices per event, and by SMS also in total', () => {
    expect(limits(notice)).toEqual(['template 10/3600', 'template 40/86400']);
    expect(limits({ ...notice, unconfirmed: true })).toEqual([
      'template 10/3600',
      'template 40/86400',
      'purpose 5 (2)/3600',
      'purpose 20 (6)/86400',
    ]);
    expect(limits({ ...notice, channel: 'sms', to: code.to })).toEqual([
      'template 2/86400',
      'purpose 6/86400',
    ]);
    expect(kindOf(notice)).not.toBe(kindOf({ ...notice, event: 'email_changed' }));
  });

  it('returns no limit if throttling is off', () => {
    for (const message of [reset, code, change, invitation, notice])
      expect(limitsFor(message, { ...config, THROTTLE_ENABLED: false })).toEqual([]);
  });

  it('returns no limit for a test number', () => {
    const toTestNumber: AddressedMessage = { ...code, to: '+919876543210' };
    expect(limitsFor(toTestNumber, config)).toEqual([]);
    expect(limitsFor({ ...toTestNumber, channel: 'email' }, config)).toHaveLength(3);
  });
});

describe('purposesOf', () => {
  it('gives each message that another person can cause its own purpose', () => {
    const messages: AddressedMessage[] = [
      reset,
      code,
      change,
      invitation,
      notice,
      { ...notice, unconfirmed: true },
      { template: 'verify-email', to },
      { template: 'account-restoration', channel: 'email', to },
    ];
    expect(new Set(messages.flatMap(purposesOf)).size).toBe(messages.length);
  });

  it('shares a limit only among messages that the owner of an account must get', () => {
    const owner = ['password-reset', 'sign-in', 'verify-email', 'account-restoration'] as const;
    for (const purpose of owner) expect(purposesSharingLimit(purpose)).toEqual(owner);
    for (const purpose of ['invitation', 'email-change', 'notice', 'known:sign-in'] as const)
      expect(purposesSharingLimit(purpose)).toEqual([purpose]);
  });

  it('keeps a reserve for requests from an address where the account signed in', () => {
    expect(purposesOf({ ...reset, fromKnownAddress: true })).toEqual([
      'password-reset',
      'known:password-reset',
    ]);
    expect(purposesOf({ ...code, fromKnownAddress: true })).toEqual(['sign-in', 'known:sign-in']);
    expect(purposesOf(reset)).toEqual(['password-reset']);
  });
});

import { loadConfig } from '../../config/config.js';
import type { AddressedMessage } from './outgoing-message.js';
import { kindOf, limitsFor } from './send-limits.js';

const config = loadConfig({ OTP_TEST_NUMBERS: '+919876543210:123456' });
const reset: AddressedMessage = { template: 'password-reset', to: 'a@example.com' };
const notice: AddressedMessage = { template: 'notice', to: 'a@example.com', event: 'password_changed' };

describe('limitsFor', () => {
  it('spaces e-mails of one kind and caps all kinds together', () => {
    expect(limitsFor(reset, config)).toEqual([
      { seconds: 60, max: 1, sameKind: true },
      { seconds: 3_600, max: 5, sameKind: false },
      { seconds: 86_400, max: 20, sameKind: false },
    ]);
  });

  it('gives each event of a notice a budget that no other message can spend', () => {
    expect(limitsFor(notice, config).every((limit) => limit.sameKind)).toBe(true);
    expect(kindOf(notice)).not.toBe(kindOf({ ...notice, event: 'email_changed' }));
  });

  it('limits numbers by all their messages', () => {
    const otp: AddressedMessage = { template: 'otp', channel: 'sms', to: '+919876543211' };
    expect(limitsFor(otp, config).map(({ seconds, max }) => [seconds, max])).toEqual([
      [60, 1],
      [600, 3],
      [86_400, 10],
    ]);
  });

  it('lifts every limit where throttling is off', () => {
    expect(limitsFor(reset, { ...config, THROTTLE_ENABLED: false })).toEqual([]);
  });

  it('lifts every limit for a number to which nothing is sent', () => {
    const otp: AddressedMessage = { template: 'otp', channel: 'sms', to: '+919876543210' };
    expect(limitsFor(otp, config)).toEqual([]);
    expect(limitsFor({ ...otp, channel: 'email' }, config)).toHaveLength(3);
  });
});

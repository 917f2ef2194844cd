import { burstEnds, countBy, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { uniqueEmail } from '../../../test/support/unique.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { OtpModule } from './otp.module.js';
import { OtpService, type VerifiedOtp } from './otp.service.js';
import type { OtpSubject } from './otp-codes.js';

const core = useCore([OtpModule]);
const { OTP_MAX_ATTEMPTS: MAX_ATTEMPTS, OTP_TTL_SECONDS, OTP_FAILURES_BEFORE_DELAY } = core.config;

const subject = (value = uniqueEmail('otp'), purpose: OtpSubject['purpose'] = 'sign-in'): OtpSubject => ({
  purpose,
  identifier: { kind: 'email', value },
});
const origin = () => core.origin();
/** The sign-in that a code belongs to is not in a tenant yet. */
const inTransaction = <T>(work: (tx: Transaction) => Promise<T>) => core.get(Database).acrossTenants(work);
const issue = (to: OtpSubject, options = {}) =>
  inTransaction((tx) => core.get(OtpService).issue(tx, to, origin(), options));
/** Sends a code, and returns it as the recipient reads it. */
const send = async (to: OtpSubject) => {
  expect(await issue(to)).toBe('sent');
  const { code = '' } = await core.latest(to.identifier.value, 'otp');
  return code;
};
const verify = (to: OtpSubject, code: string) => core.get(OtpService).verify(to, code, origin());
const consume = (to: OtpSubject, verified: VerifiedOtp) =>
  inTransaction((tx) => core.get(OtpService).consume(tx, to, verified, origin()));
/** Six other digits. */
const wrong = (code: string, index = 0) => String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0');

describe('a code has five guesses in all', () => {
  it('one after the other', async () => {
    const to = subject();
    const code = await send(to);
    for (let guess = 1; guess < MAX_ATTEMPTS; guess += 1)
      expect(await endOf(verify(to, wrong(code, guess)))).toBe('otp_invalid');
    expect(await endOf(verify(to, code))).toBe('ok');
    expect(await endOf(verify(to, code))).toBe('otp_invalid');
  });

  it('also if 20 wrong ones come at once', async () => {
    const to = subject();
    const code = await send(to);
    expect(await burstEnds(20, (index) => verify(to, wrong(code, index)))).toEqual({ otp_invalid: 20 });
    expect(await endOf(verify(to, code))).toBe('otp_invalid');
  });

  it('also if 20 right ones come at once, and one of these consumes it', async () => {
    const to = subject();
    const code = await send(to);
    const verified: VerifiedOtp[] = [];
    const guess = async () => verified.push(await verify(to, code));
    expect(await burstEnds(20, guess)).toEqual({ ok: MAX_ATTEMPTS, otp_invalid: 20 - MAX_ATTEMPTS });
    const ends = await Promise.all(verified.map((one) => endOf(consume(to, one))));
    expect(countBy(ends, (end) => end)).toEqual({ ok: 1, otp_invalid: MAX_ATTEMPTS - 1 });
  });

  it('and a new code does not reset the wait that wrong ones have earned', async () => {
    const to = subject();
    for (let failures = 0; failures < OTP_FAILURES_BEFORE_DELAY; failures += MAX_ATTEMPTS) {
      const code = await send(to);
      expect(await burstEnds(MAX_ATTEMPTS, (index) => verify(to, wrong(code, index)))).toEqual({
        otp_invalid: MAX_ATTEMPTS,
      });
    }
    expect(await endOf(verify(to, await send(to)))).toBe('too_many_attempts');
  });
});

describe('a code is unknown', () => {
  it('for another purpose and for another recipient, who have codes of their own', async () => {
    const to = subject();
    const others = [subject(to.identifier.value, 'password-reset'), subject()];
    const code = await send(to);
    for (const other of others) {
      // One code in a million equals the first
      while ((await send(other)) === code);
      expect(await endOf(verify(other, code))).toBe('otp_invalid');
    }
    expect(await endOf(verify(to, code))).toBe('ok');
  });

  it('once it has expired', async () => {
    const to = subject();
    const code = await send(to);
    await core.pass(OTP_TTL_SECONDS);
    expect(await endOf(verify(to, code))).toBe('otp_invalid');
  });

  it('if it expires between verification and use', async () => {
    const to = subject();
    const verified = await verify(to, await send(to));
    await core.pass(OTP_TTL_SECONDS);
    expect(await endOf(consume(to, verified))).toBe('otp_invalid');
  });

  it('once a newer one was sent, also if it was verified before', async () => {
    const to = subject();
    const first = await send(to);
    const verified = await verify(to, first);
    let second = await send(to);
    while (second === first) second = await send(to);
    expect(await endOf(consume(to, verified))).toBe('otp_invalid');
    expect(await endOf(verify(to, first))).toBe('otp_invalid');
    expect(await endOf(consume(to, await verify(to, second)))).toBe('ok');
  });

  it('once it is revoked', async () => {
    const to = subject();
    const code = await send(to);
    await inTransaction((tx) => core.get(OtpService).revoke(tx, [to.identifier]));
    expect(await endOf(verify(to, code))).toBe('otp_invalid');
  });
});

describe('with limits on messages', () => {
  const limited = useCore([OtpModule], { THROTTLE_ENABLED: 'true' });

  it('sends nothing over a limit, and the older code stays valid', async () => {
    const { identifier, purpose } = subject();
    const service = limited.get(OtpService);
    const again = () =>
      limited
        .get(Database)
        .acrossTenants((tx) => service.issue(tx, { identifier, purpose }, limited.origin()));
    expect([await again(), await again()]).toEqual(['sent', 'limited']);
    const [message, ...more] = await limited.messages(identifier.value);
    expect(more).toEqual([]);
    const verified = service.verify({ identifier, purpose }, message?.code ?? '', limited.origin());
    expect(await endOf(verified)).toBe('ok');
  });
});

it('sends nothing if suppressed, and leaves a challenge that no code opens', async () => {
  const to = subject(uniqueEmail('nobody'), 'password-reset');
  await issue(to, { suppressed: true });
  expect(await core.messages(to.identifier.value)).toEqual([]);
  expect(await endOf(verify(to, '000000'))).toBe('otp_invalid');
});

import type { Config } from '../../config/config.js';

/** Which rows of a table to delete. */
export interface RetentionRule {
  table: string;
  key: string;
  /** An SQL condition on the table's own columns. */
  condition: string;
}

const expiredFor = (time: string) => `expires_at < now() - interval '${time}'`;

/**
 * Expired rows are kept for a day, so that an expired link gets another error than an unknown one; links of invitations
 * for 30 days. Sessions are kept for 60 days after their end, so that a known device is recognised at the next sign-in.
 * API keys are kept for 90 days with their uses: the owner can still rotate an expired key, or see its uses. Signing
 * keys are kept for a day after their retirement; the last token signed with one expires within two hours. Answers to
 * requests with an `Idempotency-Key` go at once: they contain secrets.
 */
export function retentionRules(config: Config): RetentionRule[] {
  const longestWindow = `make_interval(secs => ${longestWindowSeconds(config)})`;
  return [
    {
      table: 'one_time_secrets',
      key: 'id',
      condition: `${expiredFor('1 day')} AND (purpose <> 'invitation' OR ${expiredFor('30 days')})`,
    },
    { table: 'otp_challenges', key: 'id', condition: expiredFor('1 day') },
    { table: 'pending_sign_ins', key: 'id', condition: expiredFor('1 day') },
    { table: 'email_changes', key: 'id', condition: expiredFor('1 day') },
    { table: 'trusted_devices', key: 'id', condition: expiredFor('1 day') },
    {
      table: 'attempts',
      key: 'key',
      condition: `updated_at < now() - ${longestWindow} - interval '1 day'
        AND (blocked_until IS NULL OR blocked_until < now() - ${longestWindow} - interval '1 day')`,
    },
    {
      table: 'api_keys',
      key: 'id',
      condition: `LEAST(revoked_at, expires_at) < now() - interval '90 days'`,
    },
    { table: 'service_accounts', key: 'id', condition: `revoked_at < now() - interval '90 days'` },
    // Until then its server refuses it for its age, although `exp` is read by the clocks of others
    { table: 'client_assertions', key: 'id', condition: expiredFor('1 hour') },
    { table: 'idempotency_records', key: 'id', condition: 'expires_at < now()' },
    { table: 'operator_sessions', key: 'id', condition: expiredFor('60 days') },
    { table: 'sessions', key: 'id', condition: expiredFor('60 days') },
    { table: 'signing_keys', key: 'id', condition: `retired_at < now() - interval '1 day'` },
  ];
}

function longestWindowSeconds(config: Config): number {
  return Math.max(
    config.LOGIN_FAILURE_WINDOW_SECONDS,
    config.LOGIN_ADDRESS_WINDOW_SECONDS,
    config.OTP_FAILURE_WINDOW_SECONDS,
    config.RECOVERY_FAILURE_WINDOW_SECONDS,
    config.TWO_FACTOR_FAILURE_WINDOW_SECONDS,
  );
}

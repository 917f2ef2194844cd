import type { Config } from '../../config/config.js';

/** Which rows of a table nobody needs any more. */
export interface RetentionRule {
  table: string;
  key: string;
  /** SQL over the table's own columns. */
  isOver: string;
}

const expiredFor = (time: string) => `expires_at < now() - interval '${time}'`;

/**
 * A day after they expired, so that a link just too late is still told from one that never was; links of invitations a
 * month, as their answers differ for longer. A session stays long enough for its device to be known again, and
 * an API key, with its uses, for its owner to renew it or to see what it was used for. Tokens of a retired signing key are
 * over two hours later.
 */
export function retentionRules(config: Config): RetentionRule[] {
  const longestWindow = `make_interval(secs => ${longestWindowSeconds(config)})`;
  return [
    {
      table: 'one_time_secrets',
      key: 'id',
      isOver: `${expiredFor('1 day')} AND (purpose <> 'invitation' OR ${expiredFor('30 days')})`,
    },
    { table: 'otp_challenges', key: 'id', isOver: expiredFor('1 day') },
    { table: 'pending_sign_ins', key: 'id', isOver: expiredFor('1 day') },
    { table: 'email_changes', key: 'id', isOver: expiredFor('1 day') },
    { table: 'trusted_devices', key: 'id', isOver: expiredFor('1 day') },
    {
      table: 'attempts',
      key: 'key',
      isOver: `updated_at < now() - ${longestWindow} - interval '1 day'
        AND (blocked_until IS NULL OR blocked_until < now() - ${longestWindow} - interval '1 day')`,
    },
    {
      table: 'api_keys',
      key: 'id',
      isOver: `LEAST(revoked_at, expires_at) < now() - interval '90 days'`,
    },
    { table: 'sessions', key: 'id', isOver: expiredFor('60 days') },
    { table: 'signing_keys', key: 'id', isOver: `retired_at < now() - interval '1 day'` },
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

import type { Config } from '../../config/config.js';

/**
 * The authenticator an attempt is at. Each kind is counted separately, so that failures of one do not block another.
 */
export type GuessKind =
  | 'password'
  | 'current-password'
  | 'sign-in-code'
  | 'recovery-code'
  | 'second-factor'
  | 'client-credential';

/**
 * The delay of a subject after `failures` failures with less than the window between them: the first wait, doubled on
 * each further failure up to the longest.
 */
export interface SlowDown {
  failures: number;
  windowSeconds: number;
  firstWaitSeconds: number;
  longestWaitSeconds: number;
}

type Limits = Pick<
  Config,
  | 'SLOW_DOWN_FIRST_WAIT_SECONDS'
  | 'LOGIN_FAILURES_BEFORE_DELAY'
  | 'LOGIN_FAILURE_WINDOW_SECONDS'
  | 'OTP_FAILURES_BEFORE_DELAY'
  | 'OTP_FAILURE_WINDOW_SECONDS'
  | 'RECOVERY_FAILURES_BEFORE_DELAY'
  | 'RECOVERY_FAILURE_WINDOW_SECONDS'
  | 'TWO_FACTOR_FAILURES_BEFORE_DELAY'
  | 'TWO_FACTOR_FAILURE_WINDOW_SECONDS'
>;

/** NIST SP 800-63B-4 §3.2.2: delays of up to an hour. */
const HOUR = 3600;

export function slowDownOf(kind: GuessKind, config: Limits): SlowDown {
  const firstWaitSeconds = config.SLOW_DOWN_FIRST_WAIT_SECONDS;
  const waits = { firstWaitSeconds, longestWaitSeconds: HOUR };
  switch (kind) {
    case 'password':
    case 'current-password':
    case 'client-credential':
      return {
        failures: config.LOGIN_FAILURES_BEFORE_DELAY,
        windowSeconds: config.LOGIN_FAILURE_WINDOW_SECONDS,
        ...waits,
      };
    case 'sign-in-code':
      return {
        failures: config.OTP_FAILURES_BEFORE_DELAY,
        windowSeconds: config.OTP_FAILURE_WINDOW_SECONDS,
        ...waits,
      };
    case 'recovery-code':
      /*
       * A delay for recovery codes must be shorter than a code's lifetime divided by its attempts. A longer one would
       * lock the owner out at less cost than using up the attempts of each code (docs/sms.md). The number of codes sent
       * bounds the guesses.
       */
      return {
        failures: config.RECOVERY_FAILURES_BEFORE_DELAY,
        windowSeconds: config.RECOVERY_FAILURE_WINDOW_SECONDS,
        firstWaitSeconds,
        longestWaitSeconds: firstWaitSeconds,
      };
    case 'second-factor':
      return {
        failures: config.TWO_FACTOR_FAILURES_BEFORE_DELAY,
        windowSeconds: config.TWO_FACTOR_FAILURE_WINDOW_SECONDS,
        ...waits,
      };
  }
}

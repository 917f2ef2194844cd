import type { Config } from '../../config/config.js';

/** What is guessed at; each kind has a count of its own, so that none keeps another out. */
export type GuessKind = 'password' | 'current-password' | 'sign-in-code' | 'recovery-code' | 'second-factor';

/** From so many failures on, with less than the window between them, the subject waits: the first wait, 2, 4 … of it. */
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

/** NIST SP 800-63B-4 §3.2.2: up to an hour. */
const HOUR = 3600;

export function slowDownOf(kind: GuessKind, config: Limits): SlowDown {
  const firstWaitSeconds = config.SLOW_DOWN_FIRST_WAIT_SECONDS;
  const waits = { firstWaitSeconds, longestWaitSeconds: HOUR };
  switch (kind) {
    case 'password':
    case 'current-password':
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
       * A wait for a recovery code must be shorter than the code's life over its tries: any longer one would be a
       * cheaper way of keeping the owner out than to spend the tries of each code (docs/sms.md). What bounds the guesses
       * is the number of codes that are sent.
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

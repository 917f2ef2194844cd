import type { Config } from '../../config/config.js';

/** What is guessed at; each kind has a count of its own, so that none keeps another out. */
export type GuessKind = 'password' | 'current-password' | 'sign-in-code' | 'recovery-code' | 'second-factor';

/** From so many failures on, with less than the window between them, the subject waits 1, 2, 4 … minutes. */
export interface SlowDown {
  failures: number;
  windowSeconds: number;
  longestWaitMinutes: number;
}

type Limits = Pick<
  Config,
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
const HOUR = 60;

/**
 * A wait for a recovery code must be shorter than the code's life over its tries: any longer one would be a cheaper way
 * of keeping the owner out than to spend the tries of each code (docs/sms.md). What bounds the guesses is the number of
 * codes that are sent.
 */
const RECOVERY_WAIT = 1;

export function slowDownOf(kind: GuessKind, config: Limits): SlowDown {
  switch (kind) {
    case 'password':
    case 'current-password':
      return slowDown(config.LOGIN_FAILURES_BEFORE_DELAY, config.LOGIN_FAILURE_WINDOW_SECONDS, HOUR);
    case 'sign-in-code':
      return slowDown(config.OTP_FAILURES_BEFORE_DELAY, config.OTP_FAILURE_WINDOW_SECONDS, HOUR);
    case 'recovery-code': {
      const { RECOVERY_FAILURES_BEFORE_DELAY: failures, RECOVERY_FAILURE_WINDOW_SECONDS: window } = config;
      return slowDown(failures, window, RECOVERY_WAIT);
    }
    case 'second-factor':
      return slowDown(
        config.TWO_FACTOR_FAILURES_BEFORE_DELAY,
        config.TWO_FACTOR_FAILURE_WINDOW_SECONDS,
        HOUR,
      );
  }
}

function slowDown(failures: number, windowSeconds: number, longestWaitMinutes: number): SlowDown {
  return { failures, windowSeconds, longestWaitMinutes };
}

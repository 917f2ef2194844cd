import { Inject, Injectable } from '@nestjs/common';
import { AppError, type AppErrorOptions } from '../../common/app-error.js';
import { addressBlock } from '../../common/client.js';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { CLEAR_ATTEMPTS, RESERVE_ATTEMPT } from './attempts.queries.js';

export class TooManyAttempts extends AppError {
  constructor(retryAfterSeconds: number, about?: Guess['about']) {
    super('too_many_attempts', {
      retryAfterSeconds,
      detail: 'Wait a moment, or recover the account.',
      about,
    });
  }
}

/** Whose guesses are counted: the account, or a text that names none, and the client's address. */
export interface Guess {
  subject: string;
  address: string;
  /** For the audit trail: the tenant it was in, and the account where that tenant may know of it. */
  about?: AppErrorOptions['about'];
}

/** What is guessed at; each has its own number of failures before the slow-down. */
export type GuessKind = 'password' | 'otp' | 'second-factor';

/**
 * Counts guesses in the database, so that all instances share one count and a restart forgives nothing. A subject is
 * slowed from the configured failure on for 1, 2, 4 … 60 minutes (NIST SP 800-63B-4 §3.2.2), whether it exists or
 * not; an address is limited by itself, over guesses of every kind. Both end by themselves.
 */
@Injectable()
export class AttemptsService {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Counts the guess as failed, committed before anything is compared. Throws TooManyAttempts when none is left. */
  async reserve(guess: Guess, kind: GuessKind = 'password'): Promise<void> {
    const [row] = await this.database.run<{ subject_reserved: boolean; wait_seconds: number }>(
      RESERVE_ATTEMPT,
      [
        ...this.keys(guess),
        this.config.LOGIN_ADDRESS_FAILURES,
        this.config.LOGIN_ADDRESS_WINDOW_SECONDS,
        ...this.slowDown(kind),
      ],
    );
    if (!row?.subject_reserved) throw new TooManyAttempts(Math.max(1, row?.wait_seconds ?? 60), guess.about);
  }

  /** The guess was right: the subject starts afresh, and the address gets this one guess back. */
  async succeeded(guess: Guess): Promise<void> {
    await this.database.run(CLEAR_ATTEMPTS, this.keys(guess));
  }

  /** After a recovery: the subject starts afresh. */
  async forget(subject: string): Promise<void> {
    await this.database.run({ name: 'forget-attempts', text: 'DELETE FROM attempts WHERE key = $1' }, [
      this.key('subject', subject),
    ]);
  }

  private slowDown(kind: GuessKind): [failures: number, windowSeconds: number] {
    const { config } = this;
    const bounds: Record<GuessKind, [number, number]> = {
      password: [config.LOGIN_FAILURES_BEFORE_DELAY, config.LOGIN_FAILURE_WINDOW_SECONDS],
      otp: [config.OTP_FAILURES_BEFORE_DELAY, config.OTP_FAILURE_WINDOW_SECONDS],
      'second-factor': [config.TWO_FACTOR_FAILURES_BEFORE_DELAY, config.TWO_FACTOR_FAILURE_WINDOW_SECONDS],
    };
    return bounds[kind];
  }

  private keys(guess: Guess): [Buffer, Buffer] {
    return [this.key('address', addressBlock(guess.address)), this.key('subject', guess.subject)];
  }

  private key(kind: string, text: string): Buffer {
    return this.keyring.hmac('attempt-key', `${kind}:${text}`);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { AppError, type AppErrorOptions } from '../../common/app-error.js';
import { addressBlock } from '../../common/request-origin.js';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Statement } from '../../database/database.js';
import { CLEAR_ATTEMPTS, FORGET_ATTEMPTS, RESERVE_ATTEMPT } from './attempts.queries.js';
import { type GuessKind, slowDownOf } from './slow-down.js';

export class TooManyAttempts extends AppError {
  constructor(retryAfterSeconds: number, about?: Guess['about']) {
    super('too_many_attempts', {
      retryAfterSeconds,
      detail: 'Wait a moment, or recover the account.',
      about,
    });
  }
}

/** Whose guesses are counted, and where they come from. */
export interface Guess {
  /** What is slowed down: an identifier as it was typed, whoever has it, or an account. */
  subject: string;
  /**
   * Further subjects that a wrong guess is one of, whose names come after `subject` in the alphabet. That they have to
   * wait does not refuse this guess.
   */
  alsoCountedFor?: string[];
  /** Further subjects that start afresh where the guess is right. */
  alsoCleared?: string[];
  address: string;
  /** For the audit trail: the tenant and the account it concerns. */
  about?: AppErrorOptions['about'];
}

/** A guess that was counted and may be compared. */
export interface CountedGuess {
  /** Failures in a row for its subject, this one among them. */
  failures: number;
}

/** So many failures in a row with what proves the person to be themselves, and they are told of it, once. */
export const FAILURES_BEFORE_NOTICE = 10;

interface Reserved {
  failures: number | null;
  wait_seconds: number;
}

/**
 * Counts guesses in the database, so that all instances share one count and a restart forgives nothing. A subject is
 * slowed from the configured failure on, longer each time (NIST SP 800-63B-4 §3.2.2), whether it exists or not; an
 * address is limited by itself, over guesses of every kind. Both end by themselves.
 */
@Injectable()
export class AttemptsService {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Counts the guess as failed, committed before anything is compared. Throws TooManyAttempts when none is left. */
  async reserve(guess: Guess, kind: GuessKind): Promise<CountedGuess> {
    const further = this.keysOf(guess.alsoCountedFor);
    const [row] = await this.database.run<Reserved>(RESERVE_ATTEMPT, [...this.values(guess, kind), further]);
    return this.counted(guess, row);
  }

  /**
   * As `reserve`, for guesses at what may not be there, by a statement of `reserveAttemptAt`. Returns what to compare
   * the guess with, or null where there is nothing: then only the address has counted it.
   */
  async reserveAt<Row extends object>(
    statement: Statement,
    guess: Guess,
    kind: GuessKind,
    values: unknown[],
  ): Promise<(Row & CountedGuess) | null> {
    const [row] = await this.database.runAcrossTenants<
      Reserved & Row & { is_counted: boolean; is_open: boolean }
    >(statement, [...this.values(guess, kind), ...values]);
    if (row?.is_counted && !row.is_open) return null;
    return { ...row, ...this.counted(guess, row) } as Row & CountedGuess;
  }

  /** The guess was right: its subjects start afresh, and the address gets this one guess back. */
  async succeeded(guess: Guess): Promise<void> {
    const { address, subject, alsoCleared = [] } = guess;
    const values = [this.addressKey(address), this.keysOf([subject, ...alsoCleared])];
    await this.database.run(CLEAR_ATTEMPTS, values);
  }

  /** After a recovery: the subjects start afresh. */
  async forget(subjects: string[]): Promise<void> {
    await this.database.run(FORGET_ATTEMPTS, [this.keysOf(subjects)]);
  }

  private counted({ about }: Guess, row: Reserved | undefined): CountedGuess {
    const failures = row?.failures ?? null;
    if (failures === null) throw new TooManyAttempts(Math.max(1, row?.wait_seconds ?? 60), about);
    return { failures };
  }

  private values({ address, subject }: Guess, kind: GuessKind): unknown[] {
    const slowDown = slowDownOf(kind, this.config);
    return [
      this.addressKey(address),
      ...this.keysOf([subject]),
      this.config.LOGIN_ADDRESS_FAILURES,
      this.config.LOGIN_ADDRESS_WINDOW_SECONDS,
      slowDown.failures,
      slowDown.windowSeconds,
      [slowDown.firstWaitSeconds, slowDown.longestWaitSeconds],
    ];
  }

  private addressKey(address: string): Buffer {
    return this.keyring.hmac('attempt-key', `address:${addressBlock(address)}`);
  }

  /**
   * In the order in which rows are locked: that of the subjects' names, not of their keys, so that a guess's own subject
   * stands before those it is also counted for.
   */
  private keysOf(subjects: string[] = []): Buffer[] {
    return subjects.toSorted().map((subject) => this.keyring.hmac('attempt-key', `subject:${subject}`));
  }
}

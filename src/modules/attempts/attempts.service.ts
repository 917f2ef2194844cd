import { Inject, Injectable } from '@nestjs/common';
import { AppError, type AppErrorOptions } from '../../common/app-error.js';
import { Keyring } from '../../common/keyring.js';
import { addressBlock } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { AttemptsRepository, type Charge, type Reserved } from './attempts.repository.js';
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

/** An attempt to be counted, with its subjects and the address it comes from. */
export interface Guess {
  /** The subject to slow down: an identifier as typed, whichever account holds it, or an account. */
  subject: string;
  /**
   * Further subjects to charge with a failure; their names must sort after `subject`. A delay of theirs does not block
   * this attempt.
   */
  alsoCountedFor?: string[];
  /** Further subjects whose counts are cleared if the attempt succeeds. */
  alsoCleared?: string[];
  address: string;
  /** Machines have a count of their own at an address: their failures block no person behind it. */
  isMachine?: boolean;
  /** The tenant and the account concerned, for the audit trail. */
  about?: AppErrorOptions['about'];
}

/** An attempt that was counted and may be compared. */
export interface CountedGuess {
  /** Consecutive failures of the subject, including this attempt. */
  failures: number;
}

/** What is counted for a subject. */
export interface SubjectCount {
  subject: string;
  failures: number;
  blockedUntil: Date | null;
}

/** After this many consecutive failures of an authenticator, the user is notified once. */
export const FAILURES_BEFORE_NOTICE = 10;

/**
 * Rate limiting of authentication attempts. Counts are in the database, so that all instances share them and a restart
 * does not reset them. From the configured failure on, each further attempt at a subject is delayed longer (NIST SP
 * 800-63B-4 §3.2.2), whether or not the subject exists. An address is limited separately, across attempts of every
 * kind. Both limits expire.
 */
@Injectable()
export class AttemptsService {
  constructor(
    private readonly attempts: AttemptsRepository,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Counts the attempt as failed and commits before anything is compared. Throws TooManyAttempts if the subject or the
   * address is blocked.
   */
  async reserve(guess: Guess, kind: GuessKind): Promise<CountedGuess> {
    const further = this.keysOf(guess.alsoCountedFor);
    return this.counted(guess, await this.attempts.reserve(this.chargeOf(guess, kind), further));
  }

  /**
   * As `reserve`, for attempts at a challenge that may not exist, with a statement from `reserveAttemptAt`. Returns
   * what to compare the guess with, or null if there is no challenge; then only the address was charged.
   */
  async reserveAt<Row extends object>(
    statement: Statement,
    guess: Guess,
    kind: GuessKind,
    values: unknown[],
  ): Promise<(Row & CountedGuess) | null> {
    const row = await this.attempts.reserveAt<Row>(statement, this.chargeOf(guess, kind), values);
    if (row?.isCounted && !row.isOpen) return null;
    return { ...row, ...this.counted(guess, row) } as Row & CountedGuess;
  }

  /**
   * As `reserve`, and reads in the same statement (from `reserveAttemptWith`) what the attempt is compared with.
   * `read` says what was found, and whom the attempt concerns.
   */
  async reserveWith<Row extends object, Found>(
    statement: Statement,
    guess: Guess,
    kind: GuessKind,
    values: unknown[],
    read: (row: Partial<Row>) => { found: Found; about: Guess['about'] },
  ): Promise<Found> {
    const row = await this.attempts.reserveWith<Row>(statement, this.chargeOf(guess, kind), values);
    const { found, about } = read(row ?? {});
    this.counted({ ...guess, about }, row);
    return found;
  }

  /** Reports a successful attempt: clears the counts of its subjects and refunds this attempt to the address. */
  succeeded(guess: Guess): Promise<void> {
    const { subject, alsoCleared = [] } = guess;
    return this.attempts.clear(this.addressKey(guess), this.keysOf([subject, ...alsoCleared]));
  }

  /** Takes back an attempt that was counted and could not be compared. */
  refund(guess: Guess): Promise<void> {
    return this.attempts.refund(this.addressKey(guess), this.subjectKey(guess.subject));
  }

  /** The counts of these subjects; none for a subject without failures. */
  async read(subjects: string[]): Promise<SubjectCount[]> {
    const keys = subjects.map((subject) => this.subjectKey(subject));
    const counts = await this.attempts.read(keys);
    return subjects.flatMap((subject, place) =>
      counts
        .filter(({ key }) => key.equals(keys[place] ?? Buffer.alloc(0)))
        .map(({ failures, blockedUntil }) => ({ subject, failures, blockedUntil })),
    );
  }

  /** Clears the counts of the subjects, after a recovery or, in `tx`, by an operator. */
  forget(subjects: string[], tx?: Transaction): Promise<void> {
    return this.attempts.forget(this.keysOf(subjects), tx);
  }

  private counted({ about }: Guess, row: Reserved | null): CountedGuess {
    const failures = row?.failures ?? null;
    if (failures === null) throw new TooManyAttempts(Math.max(1, row?.waitSeconds ?? 60), about);
    return { failures };
  }

  private chargeOf(guess: Guess, kind: GuessKind): Charge {
    return {
      addressKey: this.addressKey(guess),
      addressLimit: {
        failures: this.config.LOGIN_ADDRESS_FAILURES,
        windowSeconds: this.config.LOGIN_ADDRESS_WINDOW_SECONDS,
      },
      subjectKey: this.subjectKey(guess.subject),
      slowDown: slowDownOf(kind, this.config),
    };
  }

  private addressKey({ address, isMachine = false }: Guess): Buffer {
    const scope = isMachine ? 'machine-address' : 'address';
    return this.keyring.hmac('attempt-key', `${scope}:${addressBlock(address)}`);
  }

  /**
   * Returns the keys in lock order, which is that of the subjects' names, not of the keys: an attempt's own subject is
   * locked before those it is also counted for.
   */
  private keysOf(subjects: string[] = []): Buffer[] {
    return subjects.toSorted().map((subject) => this.subjectKey(subject));
  }

  private subjectKey(subject: string): Buffer {
    return this.keyring.hmac('attempt-key', `subject:${subject}`);
  }
}

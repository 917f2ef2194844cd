import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AttemptsService, type CountedGuess, type Guess } from '../attempts/attempts.service.js';
import { PasswordHasher } from './password-hasher.js';
import type { PasswordOwner } from './password-identity.js';
import { PasswordPolicy } from './password-policy.js';
import { HashingOverloaded } from './passwords.errors.js';

/** NIST SP 800-63B-4 §3.2.2: after 100 consecutive failures the password is disabled until the account is recovered. */
const MAX_CONSECUTIVE_FAILURES = 100;

export interface Credential {
  userId: string;
  hash: string | null;
  failures: number;
}

/** Stores passwords, and counts and verifies every attempt at one. All code does this here. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly database: Database,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly attempts: AttemptsService,
  ) {}

  async find(userId: string): Promise<Credential> {
    const [row] = await this.database.autocommit.many<{ hash: string; consecutive_failures: number }>(
      {
        name: 'find-password-credential',
        text: 'SELECT hash, consecutive_failures FROM password_credentials WHERE user_id = $1',
      },
      [userId],
    );
    return { userId, hash: row?.hash ?? null, failures: row?.consecutive_failures ?? 0 };
  }

  /** Checks a new password against the policy and hashes it. Slow: call this outside any transaction. */
  async prepare(password: string, owner: PasswordOwner, field?: 'password' | 'newPassword'): Promise<string> {
    await this.policy.check(password, owner, field);
    return this.hasher.hash(password);
  }

  /** Sets the account's password (a hash from `prepare`) and resets its failure count. */
  async set(tx: Transaction, userId: string, hash: string): Promise<Credential> {
    await tx.execute(
      `INSERT INTO password_credentials (user_id, hash) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET hash = $2, changed_at = now(), consecutive_failures = 0`,
      [userId, hash],
    );
    return { userId, hash, failures: 0 };
  }

  /** Removes the password. The account has none until another one is set. */
  async remove(tx: Transaction, userId: string): Promise<void> {
    await tx.execute('DELETE FROM password_credentials WHERE user_id = $1', [userId]);
  }

  /**
   * Verifies the password. The attempt is counted and committed before the comparison, and an unknown account (null)
   * takes the same work. Throws TooManyAttempts or HashingOverloaded.
   */
  async matches(credential: Credential | null, password: string, guess: Guess): Promise<boolean> {
    return (await this.compare(credential, password, guess, 'password')).isRight;
  }

  /** As `matches`, for an attempt of this kind. Also returns the number of consecutive failures. */
  async compare(
    credential: Credential | null,
    password: string,
    guess: Guess,
    kind: 'password' | 'current-password',
  ): Promise<CountedGuess & { isRight: boolean }> {
    const { failures, matches } = await this.hasher.limited(async (verify) => {
      const counted = await this.attempts.reserve(guess, kind);
      return { ...counted, matches: await verify(credential?.hash ?? null, password) };
    });
    const isDisabled = (credential?.failures ?? 0) >= MAX_CONSECUTIVE_FAILURES;
    const isRight = matches && !isDisabled;
    if (isRight) await this.attempts.succeeded(guess);
    else await this.countFailure(credential);
    return { failures, isRight };
  }

  /**
   * Whether the verified hash is still the account's. If the password was changed meanwhile, treat the attempt as
   * failed.
   */
  async isCurrent(tx: Transaction, credential: Credential): Promise<boolean> {
    const rows = await tx.many(
      {
        name: 'find-current-credential',
        text: 'SELECT 1 FROM password_credentials WHERE user_id = $1 AND hash = $2',
      },
      [credential.userId, credential.hash],
    );
    return rows.length > 0;
  }

  /**
   * Resets the failure count, and rehashes the password if its hash has weaker parameters than configured. Returns the
   * credential as stored now.
   */
  async renew(credential: Credential, password: string): Promise<Credential> {
    const outdated = credential.hash !== null && this.hasher.needsRehash(credential.hash);
    if (!outdated && credential.failures === 0) return credential;
    const hash = outdated ? await this.rehash(credential.hash, password) : credential.hash;
    await this.database.autocommit.many(
      {
        name: 'renew-password-credential',
        text: `UPDATE password_credentials SET hash = $3, consecutive_failures = 0 WHERE user_id = $1 AND hash = $2`,
      },
      [credential.userId, credential.hash, hash],
    );
    return { ...credential, hash, failures: 0 };
  }

  /** Keeps the old hash if the hashing queue is full. */
  private async rehash(hash: string | null, password: string): Promise<string | null> {
    try {
      return await this.hasher.hash(password);
    } catch (error) {
      if (error instanceof HashingOverloaded) return hash;
      throw error;
    }
  }

  /** Runs the same statement for an unknown account, so that the response takes as long. */
  private async countFailure(credential: Credential | null): Promise<void> {
    await this.database.autocommit.many(
      {
        name: 'count-password-failure',
        text: 'UPDATE password_credentials SET consecutive_failures = consecutive_failures + 1 WHERE user_id = $1',
      },
      [credential?.userId ?? null],
    );
  }
}

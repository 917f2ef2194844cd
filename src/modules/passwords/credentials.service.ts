import { Injectable } from '@nestjs/common';
import { Database, runIn, type Tx } from '../../database/database.js';
import { AttemptsService, type CountedGuess, type Guess } from '../attempts/attempts.service.js';
import { PasswordHasher } from './password-hasher.js';
import { HashingOverloaded } from './passwords.errors.js';
import type { PasswordOwner } from './password-identity.js';
import { PasswordPolicy } from './password-policy.js';

/** NIST SP 800-63B-4 §3.2.2: at most 100 consecutive failures, then the password is off until recovered. */
const MAX_CONSECUTIVE_FAILURES = 100;

export interface Credential {
  userId: string;
  hash: string | null;
  failures: number;
}

/** The one place where a guess at a password is counted, compared and remembered. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly database: Database,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly attempts: AttemptsService,
  ) {}

  async find(userId: string): Promise<Credential> {
    const [row] = await this.database.run<{ hash: string; consecutive_failures: number }>(
      {
        name: 'find-password-credential',
        text: 'SELECT hash, consecutive_failures FROM password_credentials WHERE user_id = $1',
      },
      [userId],
    );
    return { userId, hash: row?.hash ?? null, failures: row?.consecutive_failures ?? 0 };
  }

  /** Checks a new password against the policy and hashes it; slow, so outside any transaction. */
  async prepare(password: string, owner: PasswordOwner, field?: 'password' | 'newPassword'): Promise<string> {
    await this.policy.check(password, owner, field);
    return this.hasher.hash(password);
  }

  /** Gives the account this password (a hash from `prepare`) and forgives its failures. */
  async set(tx: Tx, userId: string, hash: string): Promise<Credential> {
    await tx.query(
      `INSERT INTO password_credentials (user_id, hash) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET hash = $2, changed_at = now(), consecutive_failures = 0`,
      [userId, hash],
    );
    return { userId, hash, failures: 0 };
  }

  /** No password signs in any more until one is set. */
  async remove(tx: Tx, userId: string): Promise<void> {
    await tx.query('DELETE FROM password_credentials WHERE user_id = $1', [userId]);
  }

  /**
   * Whether the password is the credential's. The guess is counted, committed, before it is compared, and an
   * unknown account (null) costs the same work. Throws TooManyAttempts.
   */
  async matches(credential: Credential | null, password: string, guess: Guess): Promise<boolean> {
    return (await this.compare(credential, password, guess, 'password')).isRight;
  }

  /** As `matches`, for a guess of this kind, and tells how many in a row were wrong. */
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
    const isOff = (credential?.failures ?? 0) >= MAX_CONSECUTIVE_FAILURES;
    const isRight = matches && !isOff;
    if (isRight) await this.attempts.succeeded(guess);
    else await this.countFailure(credential);
    return { failures, isRight };
  }

  /** True while the hash that was compared is still the account's: a password changed meanwhile is a wrong one. */
  async isCurrent(tx: Tx, credential: Credential): Promise<boolean> {
    const rows = await runIn(
      tx,
      {
        name: 'find-current-credential',
        text: 'SELECT 1 FROM password_credentials WHERE user_id = $1 AND hash = $2',
      },
      [credential.userId, credential.hash],
    );
    return rows.length > 0;
  }

  /** Forgives the failures, and replaces a hash made with weaker parameters than today's. Returns what holds now. */
  async renew(credential: Credential, password: string): Promise<Credential> {
    const outdated = credential.hash !== null && this.hasher.needsRehash(credential.hash);
    if (!outdated && credential.failures === 0) return credential;
    const hash = outdated ? await this.rehash(credential.hash, password) : credential.hash;
    await this.database.run(
      {
        name: 'renew-password-credential',
        text: `UPDATE password_credentials SET hash = $3, consecutive_failures = 0 WHERE user_id = $1 AND hash = $2`,
      },
      [credential.userId, credential.hash, hash],
    );
    return { ...credential, hash, failures: 0 };
  }

  /** The old hash stays good where there is no room to make a new one. */
  private async rehash(hash: string | null, password: string): Promise<string | null> {
    try {
      return await this.hasher.hash(password);
    } catch (error) {
      if (error instanceof HashingOverloaded) return hash;
      throw error;
    }
  }

  /** An unknown account runs the same statement, so that the answer takes as long. */
  private async countFailure(credential: Credential | null): Promise<void> {
    await this.database.run(
      {
        name: 'count-password-failure',
        text: 'UPDATE password_credentials SET consecutive_failures = consecutive_failures + 1 WHERE user_id = $1',
      },
      [credential?.userId ?? null],
    );
  }
}

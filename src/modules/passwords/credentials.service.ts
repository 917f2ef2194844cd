import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';
import { AttemptsService, type CountedGuess, type Guess } from '../attempts/attempts.service.js';
import { type Credential, CredentialsRepository } from './credentials.repository.js';
import { matchesForeign } from './foreign/foreign-hash.js';
import { ImportedPasswordsService } from './imported-passwords.service.js';
import { PasswordHasher } from './password-hasher.js';
import type { PasswordOwner } from './password-identity.js';
import { PasswordPolicy } from './password-policy.js';
import { HashingOverloaded } from './passwords.errors.js';

export type { Credential };

/** NIST SP 800-63B-4 §3.2.2: after 100 consecutive failures the password is disabled until the account is recovered. */
const MAX_CONSECUTIVE_FAILURES = 100;

interface ReservedGuess<Reserved> {
  subject: string;
  reserve: () => Promise<Reserved>;
  guessOf: (reserved: Reserved) => Guess;
}

/** Stores passwords, and counts and verifies every attempt at one. All code does this here. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly stored: CredentialsRepository,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly attempts: AttemptsService,
    private readonly imported: ImportedPasswordsService,
  ) {}

  /** The account's credential; without a hash if it has no password. */
  find(userId: string): Promise<Credential> {
    return this.stored.find(userId);
  }

  /** Checks a new password against the policy and hashes it. Slow: call this outside any transaction. */
  async prepare(password: string, owner: PasswordOwner, field?: 'password' | 'newPassword'): Promise<string> {
    await this.policy.check(password, owner, field);
    return this.hasher.hash(password);
  }

  /** Sets the account's password (a hash from `prepare`) and resets its failure count. */
  async set(tx: Transaction, userId: string, hash: string): Promise<Credential> {
    await this.stored.set(tx, userId, hash);
    return { userId, hash, imported: null, failures: 0 };
  }

  /** Removes the password. The account has none until another one is set. */
  remove(tx: Transaction, userId: string): Promise<void> {
    return this.stored.delete(tx, userId);
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
    const { isRight, failures } = await this.compareReserved(password, {
      subject: guess.subject,
      reserve: async () => ({ ...(await this.attempts.reserve(guess, kind)), credential }),
      guessOf: () => guess,
    });
    return { isRight, failures };
  }

  /**
   * As `compare`, for an attempt at `subject`. `reserve` counts and commits it, and returns what to compare the password
   * with; `guessOf` says of what was found which counts a right password clears. They are cleared before the permit is
   * free, so that right attempts at once in this process do not add up to a delay: with HASH_CONCURRENCY below
   * LOGIN_FAILURES_BEFORE_DELAY, as by default.
   */
  async compareReserved<Reserved extends { credential: Credential | null }>(
    password: string,
    { subject, reserve, guessOf }: ReservedGuess<Reserved>,
  ): Promise<Reserved & { isRight: boolean }> {
    const { isRight, reserved } = await this.hasher.limited(async (verify) => {
      const found = await reserve();
      const foreign = this.imported.select(found.credential, subject);
      const matches = await (foreign
        ? matchesForeign(foreign, password)
        : verify(found.credential?.hash ?? null, password));
      const right = matches && (found.credential?.failures ?? 0) < MAX_CONSECUTIVE_FAILURES;
      if (right) await this.attempts.succeeded(guessOf(found));
      return { reserved: found, isRight: right };
    });
    if (!isRight) await this.stored.countFailure(reserved.credential?.userId ?? null);
    return { ...reserved, isRight };
  }

  /** As `PasswordHasher.admit`, for work that comes to compare a password. */
  admit<T>(work: () => Promise<T>): Promise<T> {
    return this.hasher.admit(work);
  }

  /**
   * Whether the verified hash is still the account's. If the password was changed meanwhile, treat the attempt as
   * failed.
   */
  isCurrent(tx: Transaction, credential: Credential): Promise<boolean> {
    return this.stored.isCurrent(tx, credential);
  }

  /**
   * Resets the failure count, and rehashes the password if its hash was imported or has weaker parameters than
   * configured. Returns the credential as stored now.
   */
  async renew(credential: Credential, password: string): Promise<Credential> {
    const isImported = credential.imported !== null;
    const outdated = credential.hash !== null && (isImported || this.hasher.needsRehash(credential.hash));
    if (!outdated && credential.failures === 0) return credential;
    const hash = outdated ? await this.rehash(credential.hash, password) : credential.hash;
    await this.stored.renew(credential, hash);
    return {
      ...credential,
      hash,
      imported: hash === credential.hash ? credential.imported : null,
      failures: 0,
    };
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
}

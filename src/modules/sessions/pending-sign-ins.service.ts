import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { CONFIG, type Config } from '../../config/config.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import type { CountedGuess, Guess } from '../attempts/attempts.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { type PendingSignIn, PendingSignInsRepository } from './pending-sign-ins.repository.js';
import type { NewSession } from './session-state.js';
import { TempTokenInvalid } from './sessions.errors.js';

export type { PendingSignIn };

const PURPOSE = 'second-factor';
const PREFIX = 'temp_';

/**
 * Sign-ins that have passed the first factor and await the second. Each has a temp token, valid for
 * TEMP_TOKEN_TTL_SECONDS and TEMP_TOKEN_MAX_ATTEMPTS attempts, that can only complete this sign-in. Ending a user's
 * sessions ends their pending sign-ins too.
 */
@Injectable()
export class PendingSignInsService {
  constructor(
    private readonly pending: PendingSignInsRepository,
    private readonly secrets: SecretsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Returns the temp token with which the session can be opened. The caller has locked the user. */
  async open(tx: Transaction, session: NewSession): Promise<string> {
    const { TEMP_TOKEN_TTL_SECONDS: ttlSeconds, TEMP_TOKEN_MAX_ATTEMPTS: attempts } = this.config;
    const id = newId();
    await this.pending.insert(tx, { ...session, id }, { attempts, ttlSeconds });
    const { token } = await this.secrets.issue(tx, { purpose: PURPOSE, subjectId: id, ttlSeconds });
    return `${PREFIX}${token}`;
  }

  /** Does not spend the token. Throws TempTokenInvalid. */
  async find(tempToken: string): Promise<PendingSignIn> {
    const secret = await this.secrets.find(PURPOSE, secretOf(tempToken));
    if (secret?.state !== 'open') throw new TempTokenInvalid();
    const pending = await this.pending.find(secret.subjectId);
    if (!pending) throw new TempTokenInvalid();
    return pending;
  }

  /**
   * Counts an attempt and commits it before anything is compared. If the temp token has no attempt left, the subject is
   * not charged and TempTokenInvalid is thrown. Throws TooManyAttempts.
   */
  async reserve({ id }: PendingSignIn, guess: Guess): Promise<CountedGuess> {
    const counted = await this.pending.reserveAttempt(id, guess);
    if (!counted) throw new TempTokenInvalid();
    return counted;
  }

  /** Returns an attempt that could not be compared. */
  restoreAttempt({ id }: PendingSignIn): Promise<void> {
    return this.pending.restoreAttempt(id);
  }

  /** Consumes the temp token. Of any number of parallel calls, one succeeds; the others throw TempTokenInvalid. */
  async consume(tx: Transaction, tempToken: string): Promise<void> {
    const secret = await this.secrets.spend(tx, PURPOSE, secretOf(tempToken));
    if (!secret) throw new TempTokenInvalid();
    if (!(await this.pending.consume(tx, secret.subjectId))) throw new TempTokenInvalid();
  }

  /** Ends the user's pending sign-ins to the tenant. */
  endInTenant(tx: TenantTransaction, userId: string): Promise<void> {
    return this.pending.deleteInTenant(tx, userId);
  }

  /** Ends all pending sign-ins of the user. */
  endAll(tx: Transaction, userId: string): Promise<void> {
    return this.pending.deleteAll(tx, userId);
  }
}

/** A token without the prefix is mapped to an empty secret, which never matches. */
function secretOf(tempToken: string): string {
  return tempToken.startsWith(PREFIX) ? tempToken.slice(PREFIX.length) : '';
}

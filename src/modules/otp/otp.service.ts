import { Inject, Injectable } from '@nestjs/common';
import { randomInt, timingSafeEqual } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Identifier } from '../../common/identifiers.js';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import type { GuessKind } from '../attempts/slow-down.js';
import { AuditService } from '../audit/audit.service.js';
import { MessagesService, type SendOutcome } from '../messaging/messages.service.js';
import { OtpInvalid } from './otp.errors.js';
import {
  CONSUME_CHALLENGE,
  REPLACE_CHALLENGE,
  RESERVE_CODE_ATTEMPT,
  RESTORE_CODE_ATTEMPT,
  REVOKE_CHALLENGES,
} from './otp.queries.js';

/** What a code is good for. A code of one purpose, offered for another, is unknown there. */
type OtpPurpose = 'sign-in' | 'password-reset';

export interface OtpSubject {
  purpose: OtpPurpose;
  /** Canonical. */
  identifier: Identifier;
}

/** Seconds. The same whatever became of the request. */
export interface OtpSchedule {
  expiresIn: number;
  /** When another code may be asked for. */
  resendIn: number;
}

const KINDS: Record<OtpPurpose, GuessKind> = { 'sign-in': 'sign-in-code', 'password-reset': 'recovery-code' };

interface Challenge {
  id: string;
  /** Null where nobody got a code. */
  codeHash: Buffer | null;
}

/** A code that was right, and can still be used up. */
export interface VerifiedOtp {
  challengeId: string;
}

/**
 * One-time codes by SMS and e-mail: six uniform digits, good for one purpose, one identifier and one challenge, kept
 * only as a hash under a key that is not in the database. There is at most one of a purpose for an identifier.
 */
@Injectable()
export class OtpService {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptsService,
    private readonly messages: MessagesService,
    private readonly audit: AuditService,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends a new code in the caller's transaction; the older one is dead. Where a sending limit is spent nothing is
   * sent and the older one stays good. `suppressed` runs the same statements for a code that nobody is to get, and the
   * older one stays good, too, as it does where the spend guard keeps the code back. Each leaves something to guess at
   * for whoever asks to recover: how guesses are counted must not tell whether there is an account.
   */
  async issue(
    tx: Tx,
    subject: OtpSubject,
    origin: RequestOrigin,
    { suppressed = false, fromKnownAddress = false } = {},
  ): Promise<SendOutcome> {
    const { purpose, identifier } = subject;
    const id = newId();
    const code = this.newCode(identifier);
    const expiresAt = new Date(Date.now() + this.lifetimeSeconds(subject) * 1000);
    const channel = identifier.kind === 'phone' ? 'sms' : 'email';
    const addressed = { template: 'otp', channel, purpose, to: identifier.value, fromKnownAddress } as const;
    const message = { ...addressed, code, expiresAt, origin };
    const outcome = await (suppressed
      ? this.messages.suppress(tx, message)
      : this.messages.send(tx, message));
    const isLimited = outcome === 'limited';
    if (!isLimited || purpose === 'password-reset') {
      const codeHash = outcome !== 'sent' || suppressed ? null : this.codeHash(id, subject, code);
      const values = [id, purpose, this.identifierHash(identifier), codeHash];
      await tx.query(REPLACE_CHALLENGE, [...values, this.config.OTP_MAX_ATTEMPTS, expiresAt, isLimited]);
    }
    await this.audit.record(tx, origin, {
      action: 'otp.requested',
      tenantId: null,
      actorId: null,
      outcome: isLimited ? 'refused' : 'success',
      detail: { purpose, channel },
    });
    return outcome;
  }

  schedule(subject: OtpSubject): OtpSchedule {
    const { EMAIL_INTERVAL_SECONDS, SMS_INTERVAL_SECONDS } = this.config;
    const resendIn = subject.identifier.kind === 'email' ? EMAIL_INTERVAL_SECONDS : SMS_INTERVAL_SECONDS;
    return { expiresIn: this.lifetimeSeconds(subject), resendIn };
  }

  /**
   * Compares a guess. It is counted, committed, before anything is compared: against its code, and against the
   * identifier over all codes of the purpose, so that a new code forgives nothing (NIST SP 800-63B-4 §3.1.3.2). Where no
   * code is open only the client's address counts it, so that nobody's blind guesses keep the owner's right code out. A
   * right one is used up by `consume`, and only then may anything follow from it. Throws OtpInvalid, TooManyAttempts.
   */
  async verify(subject: OtpSubject, code: string, origin: RequestOrigin): Promise<VerifiedOtp> {
    const guess = this.guessAt(subject, origin);
    const values = [subject.purpose, this.identifierHash(subject.identifier)];
    const challenge = await this.attempts.reserveAt<Challenge>(
      RESERVE_CODE_ATTEMPT,
      guess,
      KINDS[subject.purpose],
      values,
    );
    const expected = this.codeHash(challenge?.id ?? newId(), subject, code);
    const matches = timingSafeEqual(challenge?.codeHash ?? Buffer.alloc(expected.length), expected);
    if (!challenge || !matches) {
      await this.record(this.database.managerAcrossTenants, subject, 'otp.refused', origin);
      throw new OtpInvalid();
    }
    await this.attempts.succeeded(guess);
    return { challengeId: challenge.id };
  }

  /**
   * Uses a verified code up. Of any number of parallel calls one succeeds; the others, and those whose code was
   * replaced or revoked meanwhile, throw OtpInvalid. The caller has locked the account it is about, if there is one.
   */
  async consume(
    tx: Tx,
    subject: OtpSubject,
    { challengeId }: VerifiedOtp,
    origin: RequestOrigin,
  ): Promise<void> {
    const [consumed] = await tx.query<[unknown[], number]>(CONSUME_CHALLENGE, [challengeId]);
    if (consumed.length === 0) throw new OtpInvalid();
    if (subject.identifier.kind === 'phone') await this.messages.recordVerified(tx, subject.identifier.value);
    await this.record(tx, subject, 'otp.verified', origin);
  }

  /** The code was right and something beside it was refused: it cost no attempt. */
  async restore({ challengeId }: VerifiedOtp): Promise<void> {
    await this.database.run(RESTORE_CODE_ATTEMPT, [challengeId]);
  }

  /** Voids every code that is outstanding for these identifiers. */
  async revoke(tx: Tx, identifiers: Identifier[]): Promise<void> {
    const hashes = identifiers.map((identifier) => this.identifierHash(identifier));
    await tx.query(REVOKE_CHALLENGES, [hashes]);
  }

  private guessAt({ purpose, identifier: { kind, value } }: OtpSubject, { address }: RequestOrigin): Guess {
    return { subject: `${KINDS[purpose]}:${kind}:${value}`, address };
  }

  private newCode({ value }: Identifier): string {
    return this.config.OTP_TEST_NUMBERS.get(value) ?? randomInt(1_000_000).toString().padStart(6, '0');
  }

  private lifetimeSeconds({ purpose }: OtpSubject): number {
    return purpose === 'password-reset' ? this.config.OTP_RECOVERY_TTL_SECONDS : this.config.OTP_TTL_SECONDS;
  }

  private identifierHash({ kind, value }: Identifier): Buffer {
    return this.keyring.hmac('otp-identifier', `${kind}:${value}`);
  }

  private codeHash(id: string, { purpose, identifier: { kind, value } }: OtpSubject, code: string): Buffer {
    return this.keyring.hmac('otp-hash', `${id}:${purpose}:${kind}:${value}:${code}`);
  }

  private async record(
    tx: Tx,
    { purpose, identifier }: OtpSubject,
    action: 'otp.verified' | 'otp.refused',
    origin: RequestOrigin,
  ): Promise<void> {
    const outcome = action === 'otp.refused' ? 'refused' : 'success';
    const detail = { purpose, kind: identifier.kind };
    await this.audit.record(tx, origin, { action, tenantId: null, actorId: null, outcome, detail });
  }
}

import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import { Keyring } from '../../common/keyring.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import type { GuessKind } from '../attempts/slow-down.js';
import { AuditService } from '../audit/audit.service.js';
import { MessagesService, type SendOutcome } from '../messaging/messages.service.js';
import type { OtpMessage } from '../messaging/outgoing-message.js';
import type { VerifiedCodes } from '../messaging/spending/sms-spending.repository.js';
import { CodeRequests } from './code-requests.js';
import { OtpInvalid } from './otp.errors.js';
import {
  type ChallengeKey,
  type NewChallenge,
  type OtpChallenge,
  OtpChallengesRepository,
  type OtpPurpose,
} from './otp-challenges.repository.js';

export interface OtpSubject {
  purpose: OtpPurpose;
  /** Canonical. */
  identifier: Identifier;
}

/** In seconds. The same whether or not a code was sent. */
export interface OtpSchedule {
  expiresIn: number;
  /** Until another code may be requested. */
  resendIn: number;
}

const KINDS: Record<OtpPurpose, GuessKind> = { 'sign-in': 'sign-in-code', 'password-reset': 'recovery-code' };

/** A verified code that has not been consumed. */
export interface VerifiedOtp {
  challengeId: string;
}

/**
 * One-time codes by SMS and e-mail: six uniformly random digits, bound to one purpose, one identifier and one
 * challenge, stored only as a hash under a key that is not in the database. There is at most one per purpose and
 * identifier.
 */
@Injectable()
export class OtpService {
  private readonly requests: CodeRequests;

  constructor(
    private readonly database: Database,
    private readonly challenges: OtpChallengesRepository,
    private readonly attempts: AttemptsService,
    private readonly messages: MessagesService,
    private readonly audit: AuditService,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.requests = new CodeRequests(challenges);
  }

  /**
   * Sends a new code in the caller's transaction and invalidates the older one. Over a sending limit nothing is sent
   * and the older code stays valid. `suppressed` runs the same statements without sending, and the older code stays
   * valid; the same applies if the spend guard withholds the code. A recovery request leaves a challenge in each case:
   * otherwise the counting of attempts would disclose whether an account exists.
   */
  async issue(
    tx: Transaction,
    subject: OtpSubject,
    origin: RequestOrigin,
    { suppressed = false, fromKnownAddress = false } = {},
  ): Promise<SendOutcome> {
    const { message, challenge } = this.prepare(subject, origin, fromKnownAddress);
    const outcome = await (suppressed
      ? this.messages.suppress(tx, message)
      : this.messages.send(tx, message));
    const isLimited = outcome === 'limited';
    if (!isLimited || subject.purpose === 'password-reset') {
      const codeHash = outcome !== 'sent' || suppressed ? null : challenge.codeHash;
      await this.challenges.replace(tx, { ...challenge, codeHash, isLimited });
    }
    await this.audit.record(tx, origin, {
      action: 'otp.requested',
      tenantId: null,
      actorId: null,
      outcome: isLimited ? 'refused' : 'success',
      detail: detailOf(message),
    });
    return outcome;
  }

  /**
   * As `issue`, to sign in, in one statement that commits by itself (`CodeRequests`). Over a sending limit the older code
   * stays valid.
   */
  async request(subject: OtpSubject & { purpose: 'sign-in' }, origin: RequestOrigin): Promise<SendOutcome> {
    const { message, challenge } = this.prepare(subject, origin, false);
    const detail = detailOf(message);
    return this.messages.sendAlone(message, (recording) =>
      this.requests.record({ recording, challenge, detail, origin }),
    );
  }

  schedule(subject: OtpSubject): OtpSchedule {
    const { EMAIL_INTERVAL_SECONDS, SMS_INTERVAL_SECONDS } = this.config;
    const resendIn = subject.identifier.kind === 'email' ? EMAIL_INTERVAL_SECONDS : SMS_INTERVAL_SECONDS;
    return { expiresIn: this.lifetimeSeconds(subject), resendIn };
  }

  /**
   * Verifies a code. The attempt is counted and committed before anything is compared: against the challenge, and
   * against the identifier across all codes of the purpose, so that a new code does not reset the count (NIST SP
   * 800-63B-4 §3.1.3.2). Without an open challenge only the client's address is charged, so that blind guesses cannot
   * lock the owner out. A right code must be passed to `consume` before the caller acts on it. Throws OtpInvalid or
   * TooManyAttempts.
   */
  async verify(subject: OtpSubject, code: string, origin: RequestOrigin): Promise<VerifiedOtp> {
    const guess = this.guessAt(subject, origin);
    const key = this.keyOf(subject);
    const challenge = await this.challenges.reserveAttempt(key, guess, KINDS[subject.purpose]);
    const matches = await this.compare(challenge, subject, code, guess);
    if (!challenge || !matches) {
      await this.record(this.database.autocommitAcrossTenants, subject, 'otp.refused', origin);
      throw new OtpInvalid();
    }
    await this.attempts.succeeded(guess);
    return { challengeId: challenge.id };
  }

  /**
   * Consumes a verified code. Of any number of parallel calls, one succeeds; the others, and those whose code was
   * replaced or revoked meanwhile, throw OtpInvalid. The caller has locked the account concerned, if there is one.
   */
  async consume(
    tx: Transaction,
    subject: OtpSubject,
    { challengeId }: VerifiedOtp,
    origin: RequestOrigin,
  ): Promise<void> {
    if (!(await this.challenges.consume(tx, challengeId))) throw new OtpInvalid();
    if (subject.identifier.kind === 'phone') await this.messages.recordVerified(tx, subject.identifier.value);
    await this.record(tx, subject, 'otp.verified', origin);
  }

  /** What a statement does for `consume` that signs in with the verified code. */
  proofOf(
    subject: OtpSubject,
    { challengeId }: VerifiedOtp,
  ): { identifier: Identifier; challengeId: string; codes: VerifiedCodes | null; detail: object } {
    const { identifier } = subject;
    const codes = identifier.kind === 'phone' ? this.messages.verifiedCodes(identifier.value) : null;
    return { identifier, challengeId, codes, detail: verifiedDetailOf(subject) };
  }

  /** Returns the attempt of a right code whose request failed for another reason. */
  async restore({ challengeId }: VerifiedOtp): Promise<void> {
    await this.challenges.restoreAttempt(challengeId);
  }

  /** Revokes every outstanding code for these identifiers. */
  async revoke(tx: Transaction, identifiers: Identifier[]): Promise<void> {
    const hashes = identifiers.map((identifier) => this.identifierHash(identifier));
    await this.challenges.revoke(tx, hashes);
  }

  /** A new code, as the message that contains it and as the challenge that it answers. */
  private prepare(
    subject: OtpSubject,
    origin: RequestOrigin,
    fromKnownAddress: boolean,
  ): { message: OtpMessage; challenge: Omit<NewChallenge, 'isLimited'> } {
    const { purpose, identifier } = subject;
    const id = newId();
    const code = this.newCode(identifier);
    const ttlSeconds = this.lifetimeSeconds(subject);
    const expiresAt = new Date(Date.now() + ttlSeconds * 1000);
    const channel = identifier.kind === 'phone' ? 'sms' : 'email';
    const addressed = { template: 'otp', channel, purpose, to: identifier.value, fromKnownAddress } as const;
    const codeHash = this.codeHash(id, subject, code);
    const attempts = this.config.OTP_MAX_ATTEMPTS;
    return {
      message: { ...addressed, code, expiresAt, ttlSeconds, origin },
      challenge: { ...this.keyOf(subject), id, codeHash, attempts, ttlSeconds },
    };
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

  private keyOf({ purpose, identifier }: OtpSubject): ChallengeKey {
    return { purpose, identifierHash: this.identifierHash(identifier) };
  }

  private identifierHash({ kind, value }: Identifier): Buffer {
    return this.keyring.hmac('otp-identifier', `${kind}:${value}`);
  }

  private codeHash(id: string, subject: OtpSubject, code: string): Buffer {
    return this.keyring.tag('otp-hash', textOf(id, subject, code));
  }

  /** Does the same work without a challenge or a code. Throws SecretUnreadable; then the attempt does not count. */
  private async compare(
    challenge: OtpChallenge | null,
    subject: OtpSubject,
    code: string,
    guess: Guess,
  ): Promise<boolean> {
    const stored = challenge?.codeHash ?? this.keyring.tag('otp-hash', '');
    try {
      return this.keyring.matches('otp-hash', stored, textOf(challenge?.id ?? newId(), subject, code));
    } catch (error) {
      if (challenge) {
        await this.challenges.restoreAttempt(challenge.id);
        await this.attempts.refund(guess);
      }
      throw error;
    }
  }

  private async record(
    tx: Queries,
    subject: OtpSubject,
    action: 'otp.verified' | 'otp.refused',
    origin: RequestOrigin,
  ): Promise<void> {
    const outcome = action === 'otp.refused' ? 'refused' : 'success';
    const detail = verifiedDetailOf(subject);
    await this.audit.record(tx, origin, { action, tenantId: null, actorId: null, outcome, detail });
  }
}

/** For the audit trail. */
const verifiedDetailOf = ({ purpose, identifier }: OtpSubject) => ({ purpose, kind: identifier.kind });

/** For the audit trail. */
const detailOf = ({ purpose, channel }: OtpMessage) => ({ purpose, channel });

/** What a code is hashed with: it is valid for this challenge only. */
const textOf = (id: string, { purpose, identifier: { kind, value } }: OtpSubject, code: string): string =>
  `${id}:${purpose}:${kind}:${value}:${code}`;

import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
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
import { type OtpChallenge, OtpChallengesRepository, type OtpPurpose } from './otp-challenges.repository.js';
import { OtpCodes, type OtpSchedule, type OtpSubject } from './otp-codes.js';

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
    private readonly codes: OtpCodes,
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
    const { message, challenge } = this.codes.prepare(subject, origin, fromKnownAddress);
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
    const { message, challenge } = this.codes.prepare(subject, origin, false);
    const detail = detailOf(message);
    return this.messages.sendAlone(message, (recording) =>
      this.requests.record({ recording, challenge, detail, origin }),
    );
  }

  schedule(subject: OtpSubject): OtpSchedule {
    return this.codes.schedule(subject);
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
    const key = this.codes.keyOf(subject);
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
    const hashes = identifiers.map((identifier) => this.codes.identifierHash(identifier));
    await this.challenges.revoke(tx, hashes);
  }

  private guessAt({ purpose, identifier: { kind, value } }: OtpSubject, { address }: RequestOrigin): Guess {
    return { subject: `${KINDS[purpose]}:${kind}:${value}`, address };
  }

  /** Does the same work without a challenge or a code. Throws SecretUnreadable; then the attempt does not count. */
  private async compare(
    challenge: OtpChallenge | null,
    subject: OtpSubject,
    code: string,
    guess: Guess,
  ): Promise<boolean> {
    try {
      return this.codes.matches(challenge, subject, code);
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

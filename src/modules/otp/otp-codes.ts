import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import { Keyring } from '../../common/keyring.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { OtpMessage } from '../messaging/outgoing-message.js';
import type { ChallengeKey, NewChallenge, OtpChallenge, OtpPurpose } from './otp-challenges.repository.js';

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

/** Makes codes, and compares them with their hashes: a code is valid for one challenge only. */
@Injectable()
export class OtpCodes {
  constructor(
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A new code, as the message that contains it and as the challenge that it answers. */
  prepare(
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
    const codeHash = this.keyring.tag('otp-hash', textOf(id, subject, code));
    const attempts = this.config.OTP_MAX_ATTEMPTS;
    return {
      message: { ...addressed, code, expiresAt, ttlSeconds, origin },
      challenge: { ...this.keyOf(subject), id, codeHash, attempts, ttlSeconds },
    };
  }

  schedule(subject: OtpSubject): OtpSchedule {
    const { EMAIL_INTERVAL_SECONDS, SMS_INTERVAL_SECONDS } = this.config;
    const resendIn = subject.identifier.kind === 'email' ? EMAIL_INTERVAL_SECONDS : SMS_INTERVAL_SECONDS;
    return { expiresIn: this.lifetimeSeconds(subject), resendIn };
  }

  keyOf({ purpose, identifier }: OtpSubject): ChallengeKey {
    return { purpose, identifierHash: this.identifierHash(identifier) };
  }

  identifierHash({ kind, value }: Identifier): Buffer {
    return this.keyring.hmac('otp-identifier', `${kind}:${value}`);
  }

  /** Does the same work without a challenge or a code. Throws SecretUnreadable. */
  matches(challenge: OtpChallenge | null, subject: OtpSubject, code: string): boolean {
    const stored = challenge?.codeHash ?? this.keyring.tag('otp-hash', '');
    return this.keyring.matches('otp-hash', stored, textOf(challenge?.id ?? newId(), subject, code));
  }

  private newCode({ value }: Identifier): string {
    return this.config.OTP_TEST_NUMBERS.get(value) ?? randomInt(1_000_000).toString().padStart(6, '0');
  }

  private lifetimeSeconds({ purpose }: OtpSubject): number {
    return purpose === 'password-reset' ? this.config.OTP_RECOVERY_TTL_SECONDS : this.config.OTP_TTL_SECONDS;
  }
}

/** What a code is hashed with: it is valid for this challenge only. */
const textOf = (id: string, { purpose, identifier: { kind, value } }: OtpSubject, code: string): string =>
  `${id}:${purpose}:${kind}:${value}:${code}`;

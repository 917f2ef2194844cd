import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { ZxcvbnResult } from '@zxcvbn-ts/core';
import { normalize } from '../../common/bounded-text.js';
import { CONFIG, type Config } from '../../config/config.js';
import { PasswordEstimator } from './password-estimator.js';
import { identityClues, isMadeOfIdentity, type PasswordOwner } from './password-identity.js';
import {
  PasswordBlocklisted,
  PasswordContainsIdentity,
  PasswordTooLong,
  PasswordTooShort,
  PasswordTooWeak,
} from './passwords.errors.js';

/** In code points, of at most four bytes each: an accepted password has at most 512 bytes in UTF-8. */
const MAX_LENGTH = 128;
/** In code units: NFC composes at most four code points into one. Longer input is rejected before normalisation. */
const MAX_INPUT = 1_024;
const MIN_SCORE = 2;
/** The size of a list of common passwords. zxcvbn omits from its own list what it recognises by pattern. */
const BLOCKLIST_GUESSES = 10_000;

/** The policy for new passwords, applied wherever one is set (NIST SP 800-63B-4 §3.1.1.2). */
@Injectable()
export class PasswordPolicy implements OnModuleInit {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Loads the dictionaries at start, so that the first registration does not wait for them. */
  async onModuleInit(): Promise<void> {
    await PasswordEstimator.load();
  }

  /**
   * Throws the applicable PasswordRefused: length first, then the blocklist, the owner's identity and strength. `field`
   * is the request member that contained the password. No input blocks the event loop for longer than one zxcvbn
   * evaluation.
   */
  async check(password: string, owner: PasswordOwner = {}, field = 'password'): Promise<void> {
    if (password.length > MAX_INPUT) throw new PasswordTooLong(MAX_LENGTH, field);
    const normalized = normalize(password, 'NFC');
    this.checkLength(normalized, field);

    const estimator = await PasswordEstimator.load();
    if (estimator.isCommon(normalized)) throw new PasswordBlocklisted(field);
    if (isMadeOfIdentity(normalized, owner)) throw new PasswordContainsIdentity(field);

    const estimate = await estimator.estimate(normalized, identityClues(owner));
    if (estimate.score < MIN_SCORE) throw policyError(estimate, field);
  }

  private checkLength(password: string, field: string): void {
    const { PASSWORD_MIN_LENGTH: minLength } = this.config;
    const codePoints = [...password].length;
    if (codePoints < minLength) throw new PasswordTooShort(minLength, field);
    if (codePoints > MAX_LENGTH) throw new PasswordTooLong(MAX_LENGTH, field);
  }
}

function policyError({ sequence, guesses, feedback }: ZxcvbnResult, field: string) {
  const fromIdentity = sequence.filter((match) => match.dictionaryName === 'userInputs').length;
  if (fromIdentity > 0 && fromIdentity === sequence.length) return new PasswordContainsIdentity(field);
  if (guesses < BLOCKLIST_GUESSES) return new PasswordBlocklisted(field);
  return new PasswordTooWeak([feedback.warning, ...feedback.suggestions].filter(Boolean).join(' '), field);
}

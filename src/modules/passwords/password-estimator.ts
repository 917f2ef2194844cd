import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { ZxcvbnFactory, type ZxcvbnResult } from '@zxcvbn-ts/core';

/**
 * The number of characters zxcvbn evaluates in one synchronous call. Its time grows with the square of the length and
 * with every substitution: 24 characters take a few milliseconds at worst, 40 took tens.
 */
const WINDOW = 24;
const MAX_SUBSTITUTIONS = 20;
/** Checked at load time, one per kind of pattern, so that no request waits for JIT compilation. */
const SAMPLES = ['the first one compiles', '1/1/19 01011990 abcabcabc', '4@8({[<|!1/7 qwerty 3456'];
const COMMON = 'passwords-common';
/** Of lists of words. Imported, each word would be an export, which takes Jest seconds to compare with all the others. */
const require = createRequire(import.meta.url);

/** Estimates the strength of a password with zxcvbn over common passwords and English words. */
export class PasswordEstimator {
  private static loading?: Promise<PasswordEstimator>;

  private constructor(
    private readonly zxcvbn: ZxcvbnFactory,
    private readonly common: ReadonlySet<string>,
  ) {}

  /** The one of this process: it takes some tenths of a second of processor time to make, and about 20 MB. */
  static load(): Promise<PasswordEstimator> {
    return (this.loading ??= this.create());
  }

  private static async create(): Promise<PasswordEstimator> {
    const { adjacencyGraphs, dictionary: shared } = await import('@zxcvbn-ts/language-common');
    // Select dictionaries: surnames and the encyclopedia would double memory and start time and change no result that
    // matters
    const words = require('@zxcvbn-ts/language-en/dist/commonWords.json.cjs') as string[];
    const firstNames = require('@zxcvbn-ts/language-en/dist/firstnames.json.cjs') as string[];
    const { default: translations } = await import('@zxcvbn-ts/language-en/dist/translations.cjs');
    const zxcvbn = new ZxcvbnFactory({
      dictionary: {
        [COMMON]: shared[COMMON],
        'commonWords-en': words,
        'firstnames-en': firstNames,
      },
      graphs: adjacencyGraphs,
      translations: {
        ...translations,
        warnings: {
          ...translations.warnings,
          userInputs: 'Names, addresses and companies are easy to guess.',
        },
      },
      maxLength: WINDOW,
      l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
    });
    for (const sample of SAMPLES) zxcvbn.check(sample);
    return new PasswordEstimator(zxcvbn, new Set(shared[COMMON]));
  }

  /** Whether the whole password is on the list of common and breached passwords, ignoring case. */
  isCommon(password: string): boolean {
    return this.common.has(password.toLowerCase());
  }

  /**
   * Estimates the strength; `clues` are words an attacker would know. A long password is rated by its start or, if that
   * is weak, by its end: it is at least as strong as any part of it, and the time stays bounded. Each evaluation runs
   * in its own turn of the event loop.
   */
  async estimate(password: string, clues: string[]): Promise<ZxcvbnResult> {
    await setImmediate();
    const start = this.zxcvbn.check(password.slice(0, WINDOW), clues);
    if (password.length <= WINDOW || start.score >= 2) return start;
    await setImmediate();
    return this.zxcvbn.check(password.slice(-WINDOW), clues);
  }
}

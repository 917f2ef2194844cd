import { type ZxcvbnResult, ZxcvbnFactory } from '@zxcvbn-ts/core';
import { setImmediate } from 'node:timers/promises';

/**
 * What zxcvbn looks at in one go, while the process does nothing else. Its time grows with the square of the length and
 * with every substitution: 24 characters take a few milliseconds at worst, 40 took tens.
 */
const WINDOW = 24;
const MAX_SUBSTITUTIONS = 20;
/** Checked ahead, one for each kind of pattern, so that no request waits for the code to be compiled. */
const SAMPLES = ['the first one compiles', '1/1/19 01011990 abcabcabc', '4@8({[<|!1/7 qwerty 3456'];
const COMMON = 'passwords-common';

/** How hard a password is to guess, by zxcvbn over common passwords and English words. */
export class PasswordEstimator {
  private constructor(
    private readonly zxcvbn: ZxcvbnFactory,
    private readonly common: ReadonlySet<string>,
  ) {}

  /** Takes some tenths of a second of processor time and about 20 MB: load one per process. */
  static async load(): Promise<PasswordEstimator> {
    const { adjacencyGraphs, dictionary: shared } = await import('@zxcvbn-ts/language-common');
    // One by one: surnames and the encyclopedia double memory and start time and move no verdict that matters
    const { default: words } = await import('@zxcvbn-ts/language-en/dist/commonWords.json.cjs');
    const { default: firstNames } = await import('@zxcvbn-ts/language-en/dist/firstnames.json.cjs');
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

  /** Whether the whole password, in any case, is on the list of common and breached ones. */
  isCommon(password: string): boolean {
    return this.common.has(password.toLowerCase());
  }

  /**
   * `clues` are words that an attacker would know. A long password is judged by its start or, where that is
   * weak, its end: it is at least as hard to guess as a part of it, and the time stays bounded. Each look is a turn of
   * the event loop of its own.
   */
  async estimate(password: string, clues: string[]): Promise<ZxcvbnResult> {
    await setImmediate();
    const start = this.zxcvbn.check(password.slice(0, WINDOW), clues);
    if (password.length <= WINDOW || start.score >= 2) return start;
    await setImmediate();
    return this.zxcvbn.check(password.slice(-WINDOW), clues);
  }
}

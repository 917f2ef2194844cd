import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { ERROR_CATALOGUE } from '../../common/error-catalogue.js';
import { Metrics } from '../metrics/metrics.js';
import type { FirstFactor, SignInResult } from '../metrics/sign-in-words.js';

/** The outcome of a sign-in attempt. */
interface Attempted {
  kind: string;
}

const RESULTS: Partial<Record<string, SignInResult>> = {
  'signed-in': 'signed_in',
  'second-factor': 'second_factor_required',
};

/** Counts the results of sign-ins as metrics. */
@Injectable()
export class SignInCounts {
  constructor(private readonly metrics: Metrics) {}

  /**
   * Runs an attempt and counts its result after its transaction has ended, so a sign-in that rolled back is never
   * counted as successful. Outcomes that are not final, and server errors (5xx), are not counted.
   */
  async count<T extends Attempted>(method: FirstFactor, attempt: () => Promise<T>): Promise<T> {
    const outcome = await this.countIfDenied(method, attempt);
    const result = RESULTS[outcome.kind];
    if (result) this.metrics.countSignIn(result, method);
    return outcome;
  }

  /** As `count`, for the second-factor step, which either opens a session or fails. */
  async countSecondFactor<T>(method: FirstFactor, attempt: () => Promise<T>): Promise<T> {
    const session = await this.countIfDenied(method, attempt);
    this.metrics.countSignIn('signed_in', method);
    return session;
  }

  /** As `count`, for a step that ends the attempt only if it is denied. */
  async countIfDenied<T>(method: FirstFactor, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      const isDenied = error instanceof AppError && ERROR_CATALOGUE[error.code].status < 500;
      if (isDenied) this.metrics.countSignIn('refused', method);
      throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { ERROR_CATALOGUE } from '../../common/error-catalogue.js';
import { Metrics } from '../metrics/metrics.js';
import type { FirstFactor, SignInResult } from '../metrics/sign-in-words.js';

/** What a way of signing in comes to. */
interface Attempted {
  kind: string;
}

const RESULTS: Partial<Record<string, SignInResult>> = {
  'signed-in': 'signed_in',
  'second-factor': 'second_factor_required',
};

/** How sign-ins end, for whoever watches the server. */
@Injectable()
export class SignInCounts {
  constructor(private readonly metrics: Metrics) {}

  /**
   * Runs an attempt, its transaction included, and counts how it ended: what was rolled back let nobody in. What has
   * no end yet is not counted, nor is what failed on our side.
   */
  async count<T extends Attempted>(method: FirstFactor, attempt: () => Promise<T>): Promise<T> {
    const outcome = await this.countRefused(method, attempt);
    const result = RESULTS[outcome.kind];
    if (result) this.metrics.countSignIn(result, method);
    return outcome;
  }

  /** As `count`, for the second half of a sign-in, which ends in a session or is refused. */
  async countSecondHalf<T>(method: FirstFactor, attempt: () => Promise<T>): Promise<T> {
    const session = await this.countRefused(method, attempt);
    this.metrics.countSignIn('signed_in', method);
    return session;
  }

  /** As `count`, for a part of an attempt that does not end it unless it is refused. */
  async countRefused<T>(method: FirstFactor, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      const isRefused = error instanceof AppError && ERROR_CATALOGUE[error.code].status < 500;
      if (isRefused) this.metrics.countSignIn('refused', method);
      throw error;
    }
  }
}

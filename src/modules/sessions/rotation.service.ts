import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { v7 as newId } from 'uuid';
import type { SessionState } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { RefreshClaims } from './refresh-tokens.service.js';
import {
  type Presented,
  type RefreshAssessment,
  SessionRotationRepository,
} from './session-rotation.repository.js';

/** Statements in flight at once. Calls that arrive meanwhile share the next statement and its commit. */
const MAX_CONCURRENT = 2;
const MAX_SHARED = 64;

interface Waiting extends Presented {
  resolve: (state: SessionState | undefined) => void;
  reject: (error: unknown) => void;
}

/** Rotates refresh tokens: advances sessions to their next generation. */
@Injectable()
export class RotationService {
  private readonly limited = pLimit(MAX_CONCURRENT);
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly sessions: SessionRotationRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Returns the session after rotating it, or undefined if it ended, is at another generation or version, is no longer
   * valid (`toSessionState`), or is locked by another transaction. A token of the successor pair invalidates the older pair. Shares its statement with other
   * calls, including its failure.
   */
  rotate(claims: RefreshClaims, origin: RequestOrigin): Promise<SessionState | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ auditId: newId(), claims, origin, resolve, reject });
      void this.limited(() => this.rotateWaiting());
    });
  }

  /** As `rotate`, in a statement of its own that waits for the lock on the session. */
  rotateLocked(claims: RefreshClaims, origin: RequestOrigin): Promise<SessionState | null> {
    return this.sessions.rotateLocked({ claims, origin }, this.config.REFRESH_IDLE_SECONDS);
  }

  /** Why a refresh rotated nothing. Null if there is no such session, or its user is not active. */
  assess(claims: RefreshClaims): Promise<RefreshAssessment | null> {
    return this.sessions.assess(claims, this.config.REFRESH_GRACE_SECONDS);
  }

  /** Takes up to MAX_SHARED waiting calls; a later run may find none left. */
  private async rotateWaiting(): Promise<void> {
    const batch = this.waiting.splice(0, MAX_SHARED);
    if (batch.length === 0) return;
    try {
      const rotated = await this.sessions.rotate(batch, this.config.REFRESH_IDLE_SECONDS);
      for (const { auditId, resolve } of batch) resolve(rotated.get(auditId));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

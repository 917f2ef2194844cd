import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { v7 as newId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { RefreshClaims } from './refresh-tokens.service.js';
import type { StateRow } from './session-state.js';
import { ROTATE_LOCKED_SESSION, ROTATE_SESSIONS } from './sessions.queries.js';

/** Statements in flight at once. Calls that arrive meanwhile share the next statement and its commit. */
const MAX_CONCURRENT = 2;
const MAX_SHARED = 64;

type Rotated = StateRow & { audit_id: string };

interface Presented {
  auditId: string;
  claims: RefreshClaims;
  origin: RequestOrigin;
}

interface Waiting extends Presented {
  resolve: (row: Rotated | undefined) => void;
  reject: (error: unknown) => void;
}

/** Rotates refresh tokens: advances sessions to their next generation. */
@Injectable()
export class RotationService {
  private readonly limited = pLimit(MAX_CONCURRENT);
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Returns the session after rotating it, or undefined if it ended, is at another generation or version, or is locked
   * by another transaction. A token of the successor pair invalidates the older pair. Shares its statement with other
   * calls, including its failure.
   */
  rotate(claims: RefreshClaims, origin: RequestOrigin): Promise<StateRow | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ auditId: newId(), claims, origin, resolve, reject });
      void this.limited(() => this.rotateWaiting());
    });
  }

  /** As `rotate`, in a statement of its own that waits for the lock on the session. */
  async rotateLocked(claims: RefreshClaims, origin: RequestOrigin): Promise<StateRow | undefined> {
    const rows = await this.run(ROTATE_LOCKED_SESSION, [{ auditId: newId(), claims, origin }]);
    return rows[0];
  }

  /** Takes up to MAX_SHARED waiting calls; a later run may find none left. */
  private async rotateWaiting(): Promise<void> {
    const batch = this.waiting.splice(0, MAX_SHARED);
    if (batch.length === 0) return;
    try {
      const rows = await this.run(ROTATE_SESSIONS, batch);
      const rotated = new Map(rows.map((row) => [row.audit_id, row]));
      for (const { auditId, resolve } of batch) resolve(rotated.get(auditId));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private run(statement: Statement, presented: Presented[]): Promise<Rotated[]> {
    return this.database.autocommitAcrossTenants.many<Rotated>(statement, [
      presented.map(({ claims }) => claims.sid),
      presented.map(({ claims }) => claims.ver),
      presented.map(({ claims }) => claims.gen),
      presented.map(({ auditId }) => auditId),
      presented.map(({ origin }) => origin.address),
      presented.map(({ origin }) => origin.userAgent),
      presented.map(({ origin }) => origin.requestId),
      this.config.REFRESH_IDLE_SECONDS,
    ]);
  }
}

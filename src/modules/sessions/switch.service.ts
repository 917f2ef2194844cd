import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { type StateRow, toSessionState } from './session-state.js';
import {
  AccessTokenInvalid,
  SecondFactorNotVerified,
  SessionTooOld,
  TwoFactorEnrolmentRequired,
} from './sessions.errors.js';
import { SWITCH_SESSION } from './sessions.queries.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';

/** The user's membership in the target tenant, and the session after the switch if it took place. */
type Switched = Partial<StateRow> & {
  is_member: boolean;
  enrolment_required: boolean | null;
  factor_required: boolean | null;
  is_too_old: boolean;
};

/** Switches a session to another tenant of its user. */
@Injectable()
export class SwitchService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Invalidates the session's access and refresh tokens and returns new ones. Returns null if the user is not an active
   * member of the tenant. Of parallel calls with one token, one switches; the others throw AccessTokenInvalid. Throws
   * TwoFactorEnrolmentRequired if the tenant requires a second factor and the user has none, SecondFactorNotVerified if
   * the tenant trusts no devices and the session was opened on a trusted one, and SessionTooOld if the session exceeds
   * the tenant's lifetime. On each of these the session is unchanged.
   */
  async switch(actor: Actor, tenantId: string): Promise<IssuedTokens | null> {
    const { sessionId, tokenVersion } = actor.session;
    const { address, userAgent, requestId } = actor.origin;
    const [row] = await this.database.autocommitAcrossTenants.many<Switched>(SWITCH_SESSION, [
      sessionId,
      tokenVersion,
      actor.userId,
      tenantId,
      this.config.REFRESH_IDLE_SECONDS,
      newId(),
      address,
      userAgent,
      requestId,
    ]);
    if (!row?.is_member) return null;
    if (row.enrolment_required) throw new TwoFactorEnrolmentRequired();
    if (row.factor_required) throw new SecondFactorNotVerified();
    if (row.is_too_old) throw new SessionTooOld();
    const state = row.session_id ? toSessionState(row as StateRow) : null;
    if (!state) throw new AccessTokenInvalid();
    return this.sessions.issue(state);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { type StateRow, toSessionState } from './session-state.js';
import {
  AccessTokenInvalid,
  SecondFactorNotShown,
  SessionTooOld,
  TwoFactorEnrolmentRequired,
} from './sessions.errors.js';
import { SWITCH_SESSION } from './sessions.queries.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';

/** What the person is there, and the session as it is now, if it moved. */
type Switched = Partial<StateRow> & {
  is_member: boolean;
  enrolment_required: boolean | null;
  factor_required: boolean | null;
  is_too_old: boolean;
};

/** Moves a session into another organisation of its person. */
@Injectable()
export class SwitchService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The session's access and refresh tokens die and the returned ones take their place. Null where the person is no
   * active member there. Of parallel calls with one token one moves the session; the others throw AccessTokenInvalid.
   * Throws TwoFactorEnrolmentRequired where the organisation wants a second factor and the person has none,
   * SecondFactorNotShown where it trusts no device and the session came in by one, and SessionTooOld where its sessions
   * do not live that long; then the session stays where it is.
   */
  async switch(actor: Actor, tenantId: string): Promise<IssuedTokens | null> {
    const { sessionId, tokenVersion } = actor.session;
    const { address, userAgent, requestId } = actor.origin;
    const [row] = await this.database.runAcrossTenants<Switched>(SWITCH_SESSION, [
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
    if (row.factor_required) throw new SecondFactorNotShown();
    if (row.is_too_old) throw new SessionTooOld();
    const state = row.session_id ? toSessionState(row as StateRow) : null;
    if (!state) throw new AccessTokenInvalid();
    return this.sessions.issue(state);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { type StateRow, toSessionState } from './session-state.js';
import { AccessTokenInvalid, SessionTooOld } from './sessions.errors.js';
import { SWITCH_SESSION } from './sessions.queries.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';

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
   * Throws SessionTooOld where the tenant's sessions do not live that long; then the session stays where it is.
   */
  async switch(actor: Actor, tenantId: string): Promise<IssuedTokens | null> {
    const { sessionId, tokenVersion } = actor.session;
    const { address, userAgent, requestId } = actor.client;
    type Moved = Partial<StateRow> & { is_member: boolean; is_too_old: boolean };
    const [row] = await this.database.run<Moved>(SWITCH_SESSION, [
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
    if (row.is_too_old) throw new SessionTooOld();
    const state = row.session_id ? toSessionState(row as StateRow) : null;
    if (!state) throw new AccessTokenInvalid();
    return this.sessions.issue(state);
  }
}

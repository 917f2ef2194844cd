import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { runIn, type Tx } from '../../database/database.js';
import { END_ACCESS_TOKENS_WITHOUT_FACTOR, REISSUE_SESSION } from './reissue.queries.js';
import { type StateRow, toSessionState, withSuccessor } from './session-state.js';
import { AccessTokenInvalid } from './sessions.errors.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';

/** A new pair of a session that goes on. */
export interface ReissuedTokens extends IssuedTokens {
  /** As in NewSession: where it is true, no refresh token of the session was ever handed out. */
  renewableByAccessToken: boolean;
}

type ReissuedRow = StateRow & { renewable_by_access_token: boolean };

/**
 * ASVS V7.2.4: after a change of password or second factor the session has new tokens. The published clients look for
 * none in those answers and would be signed out, so the present pair stays good until the first use of the new one,
 * access or refresh token alike (SessionStatesService.activate, ROTATE_SESSIONS). From then on the older access token
 * is refused, and the older refresh token tells of a copy.
 */
@Injectable()
export class ReissueService {
  constructor(private readonly sessions: SessionsService) {}

  /**
   * The pair that waits for its first use; one that waited before is dead. `isMultiFactor` says whether the session has
   * shown a second factor from now on. Throws AccessTokenInvalid where the actor's session ended or has another pair by
   * now.
   */
  async reissue(tx: Tx, actor: Actor, isMultiFactor: boolean | null = null): Promise<ReissuedTokens> {
    const { sessionId, tokenVersion } = actor.session;
    const values = [sessionId, actor.userId, tokenVersion, isMultiFactor];
    const [row] = await runIn<ReissuedRow>(tx, REISSUE_SESSION, values);
    const state = toSessionState(row);
    if (!row || !state) throw new AccessTokenInvalid();
    const tokens = this.sessions.issue(withSuccessor(state));
    return { ...tokens, renewableByAccessToken: row.renewable_by_access_token };
  }

  /** Ends the access tokens of those who work in the tenant without a second factor: they say more than they may now. */
  async endAccessTokensWithoutFactor(tx: Tx, tenantId: string): Promise<void> {
    await tx.query(END_ACCESS_TOKENS_WITHOUT_FACTOR, [tenantId]);
  }
}

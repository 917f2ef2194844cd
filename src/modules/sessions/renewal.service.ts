import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { AccessTokensService } from './access-tokens.service.js';
import { type StateRow, toSessionState } from './session-state.js';
import { AccessTokenInvalid } from './sessions.errors.js';
import { RENEW_SESSION } from './sessions.queries.js';
import type { IssuedTokens } from './sessions.service.js';

/** Another access token of a session that goes on, for contracts that know no refresh token. */
@Injectable()
export class RenewalService {
  constructor(
    private readonly database: Database,
    private readonly accessTokens: AccessTokensService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The actor's own access token, and the session's refresh token, stay as good as they were. Counts as a use of the
   * session: its idle end moves, its absolute end does not, and no token outlives that. Throws AccessTokenInvalid
   * where the session ended or was switched meanwhile, and where it was opened with a refresh token: or whoever has got
   * hold of an access token would have the session for as long as it lasts.
   */
  async renew({ session, origin }: Actor): Promise<Omit<IssuedTokens, 'refreshToken'>> {
    const [row] = await this.database.runAcrossTenants<StateRow>(RENEW_SESSION, [
      session.sessionId,
      session.tokenVersion,
      this.config.REFRESH_IDLE_SECONDS,
      newId(),
      origin.address,
      origin.userAgent,
      origin.requestId,
    ]);
    const state = toSessionState(row);
    if (!state) throw new AccessTokenInvalid();
    return { ...this.accessTokens.sign(state), state };
  }
}

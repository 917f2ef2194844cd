import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AccessTokensService } from './access-tokens.service.js';
import { SessionRotationRepository } from './session-rotation.repository.js';
import { AccessTokenInvalid } from './sessions.errors.js';
import type { IssuedTokens } from './sessions.service.js';

/** Issues another access token for a session, for contracts without refresh tokens. */
@Injectable()
export class RenewalService {
  constructor(
    private readonly sessions: SessionRotationRepository,
    private readonly accessTokens: AccessTokensService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The caller's access token and the session's refresh token stay valid. Counts as a use of the session: extends its
   * idle expiry, but not its absolute end, which no token outlives. Throws AccessTokenInvalid if the session ended or
   * was switched meanwhile, or if it was opened with a refresh token: otherwise a stolen access token could be renewed
   * for the lifetime of the session.
   */
  async renew({ session, origin }: Actor): Promise<Omit<IssuedTokens, 'refreshToken'>> {
    const state = await this.sessions.renew(session, origin, this.config.REFRESH_IDLE_SECONDS);
    if (!state) throw new AccessTokenInvalid();
    return { ...this.accessTokens.sign(state), state };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { assertInPlace } from './refresh-token-place.js';
import { SessionSwitchRepository } from './session-switch.repository.js';
import {
  AccessTokenInvalid,
  SecondFactorNotVerified,
  SessionTooOld,
  TwoFactorEnrolmentRequired,
} from './sessions.errors.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';

/** Switches a session to another tenant of its user. */
@Injectable()
export class SwitchService {
  constructor(
    private readonly switches: SessionSwitchRepository,
    private readonly sessions: SessionsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Invalidates the session's access and refresh tokens and returns new ones. Returns null if the user is not an active
   * member of the tenant. Of parallel calls with one token, one switches; the others throw AccessTokenInvalid. Throws
   * TwoFactorEnrolmentRequired if the tenant requires a second factor and the user has none, SecondFactorNotVerified if
   * the tenant trusts no devices and the session was opened on a trusted one, and SessionTooOld if the session exceeds
   * the tenant's lifetime, or BrowserSessionRefused. On each of these the session is unchanged.
   */
  async switch(actor: Actor, tenantId: string): Promise<IssuedTokens | null> {
    assertInPlace(actor);
    const switched = await this.switches.switch(actor, tenantId, this.config.REFRESH_IDLE_SECONDS);
    if (!switched.isMember) return null;
    if (switched.isEnrolmentRequired) throw new TwoFactorEnrolmentRequired();
    if (switched.isFactorRequired) throw new SecondFactorNotVerified();
    if (switched.isTooOld) throw new SessionTooOld();
    if (!switched.state) throw new AccessTokenInvalid();
    return this.sessions.issue(switched.state);
  }
}

import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { assertInPlace } from './refresh-token-place.js';
import { SessionReissueRepository } from './session-reissue.repository.js';
import { withSuccessor } from './session-state.js';
import { AccessTokenInvalid } from './sessions.errors.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';

/** A new token pair for an existing session. */
export interface ReissuedTokens extends IssuedTokens {
  /** As in NewSession. If true, no refresh token of the session was ever disclosed to the client. */
  renewableByAccessToken: boolean;
}

/**
 * ASVS V7.2.4: a change of password or second factor issues new tokens for the session. Published clients do not read
 * tokens from those responses and would be signed out. Therefore the current pair stays valid until the first use of
 * the new access or refresh token (`SessionStatesService.activate`, `SessionRotationRepository.rotate`). After that, the older access token
 * is rejected, and use of the older refresh token is a replay.
 */
@Injectable()
export class ReissueService {
  constructor(
    private readonly pairs: SessionReissueRepository,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Issues the successor pair and invalidates an earlier unused one. `isMultiFactor` sets whether the session counts as
   * multi-factor from now on; null leaves it unchanged. Throws AccessTokenInvalid if the session ended or the caller's
   * token no longer belongs to its current pair, or BrowserSessionRefused.
   */
  async reissue(
    tx: Transaction,
    actor: Actor,
    isMultiFactor: boolean | null = null,
  ): Promise<ReissuedTokens> {
    assertInPlace(actor);
    const reissued = await this.pairs.addSuccessor(tx, actor, isMultiFactor);
    if (!reissued) throw new AccessTokenInvalid();
    const tokens = this.sessions.issue(withSuccessor(reissued.state));
    return { ...tokens, renewableByAccessToken: reissued.isRenewableByAccessToken };
  }

  /**
   * Invalidates the access tokens of the tenant's sessions whose user has no second factor: their claims grant more
   * than the tenant now allows.
   */
  endAccessTokensWithoutFactor(tx: TenantTransaction): Promise<void> {
    return this.pairs.endAccessTokensWithoutFactor(tx);
  }
}

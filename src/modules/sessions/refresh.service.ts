import { Injectable, Logger } from '@nestjs/common';
import type { SessionState } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { type RefreshClaims, RefreshTokensService } from './refresh-tokens.service.js';
import { RotationService } from './rotation.service.js';
import { RefreshTokenInvalid } from './sessions.errors.js';
import { describeSession, type IssuedTokens, SessionsService } from './sessions.service.js';

/** Refresh token rotation. RFC 9700 §4.14.2: each token is valid once, and a replay revokes the whole token family. */
@Injectable()
export class RefreshService {
  private readonly logger = new Logger('Sessions');

  constructor(
    private readonly database: Database,
    private readonly refreshTokens: RefreshTokensService,
    private readonly rotations: RotationService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly notices: NoticesService,
  ) {}

  /**
   * Returns new tokens for a valid refresh token. Of parallel calls, one rotates; within REFRESH_GRACE_SECONDS the
   * others get the identical successor. Throws RefreshTokenInvalid for every other token, and for one that came in another
   * place than its session keeps it in: what a script reads from a body must not work as a cookie, nor the reverse.
   */
  async refresh(token: string, origin: RequestOrigin): Promise<IssuedTokens> {
    const claims = this.refreshTokens.read(token);
    if (!claims || claims.inCookie !== (origin.inCookie ?? false)) throw new RefreshTokenInvalid();
    const rotated = await this.rotations.rotate(claims, origin);
    return this.issue(rotated, origin) ?? this.assess(claims, origin);
  }

  private issue(state: SessionState | null | undefined, origin: RequestOrigin): IssuedTokens | null {
    if (!state) return null;
    this.logger.log(describeSession('session refreshed', state, origin));
    return this.sessions.issue(state);
  }

  private async assess(claims: RefreshClaims, origin: RequestOrigin): Promise<IssuedTokens> {
    const session = await this.rotations.assess(claims);
    if (!session?.isLive || !session.state) throw new RefreshTokenInvalid();
    if (session.isInGrace) return this.sessions.issue(session.state);
    if (session.isExchangeable) {
      // Another transaction had locked the session, and may have ended it or rotated it by this same token
      const rotated = await this.rotations.rotateLocked(claims, origin);
      return this.issue(rotated, origin) ?? this.assess(claims, origin);
    }
    if (session.isSuperseded) await this.endFamily(session.state, origin);
    throw new RefreshTokenInvalid({ sessionId: claims.sid, reused: session.isSuperseded });
  }

  private async endFamily(
    { sessionId, user, membership }: SessionState,
    origin: RequestOrigin,
  ): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      if (!(await this.sessions.endOne(tx, user.id, sessionId, 'refresh_token_reused'))) return;
      await this.audit.record(tx, origin, {
        action: 'session.reuse_detected',
        tenantId: membership?.tenant.id ?? null,
        actorId: user.id,
        outcome: 'refused',
        target: { kind: 'session', id: sessionId },
      });
      const { id, email, firstName } = user;
      await this.notices.send(tx, { id, email, firstName }, 'session_reuse_detected', origin);
    });
  }
}

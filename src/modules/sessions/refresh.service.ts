import { Inject, Injectable, Logger } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService, type Notified } from '../messaging/notices.service.js';
import { type RefreshClaims, RefreshTokensService } from './refresh-tokens.service.js';
import { RotationService } from './rotation.service.js';
import { type StateRow, toSessionState } from './session-state.js';
import { RefreshTokenInvalid } from './sessions.errors.js';
import { ASSESS_REFRESH } from './sessions.queries.js';
import { describeSession, type IssuedTokens, SessionsService } from './sessions.service.js';

type RefreshAssessment = StateRow & {
  live: boolean;
  exchangeable: boolean;
  in_grace: boolean;
  superseded: boolean;
};

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
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Returns new tokens for a valid refresh token. Of parallel calls, one rotates; within REFRESH_GRACE_SECONDS the
   * others get the identical successor. Throws RefreshTokenInvalid for every other token.
   */
  async refresh(token: string, origin: RequestOrigin): Promise<IssuedTokens> {
    const claims = this.refreshTokens.read(token);
    if (!claims) throw new RefreshTokenInvalid();
    const rotated = await this.rotations.rotate(claims, origin);
    return this.issue(rotated, origin) ?? this.assess(claims, origin);
  }

  private issue(rotated: StateRow | undefined, origin: RequestOrigin): IssuedTokens | null {
    const state = toSessionState(rotated);
    if (!state) return null;
    this.logger.log(describeSession('session refreshed', state, origin));
    return this.sessions.issue(state);
  }

  private async assess(claims: RefreshClaims, origin: RequestOrigin): Promise<IssuedTokens> {
    const values = [claims.sid, claims.ver, claims.gen, this.config.REFRESH_GRACE_SECONDS];
    const [session] = await this.database.autocommitAcrossTenants.many<RefreshAssessment>(
      ASSESS_REFRESH,
      values,
    );
    const state = toSessionState(session);
    if (!session?.live || !state) throw new RefreshTokenInvalid();
    if (session.in_grace) return this.sessions.issue(state);
    if (session.exchangeable) {
      // Another transaction had locked the session, and may have ended it or rotated it by this same token
      const rotated = await this.rotations.rotateLocked(claims, origin);
      return this.issue(rotated, origin) ?? this.assess(claims, origin);
    }
    if (session.superseded) await this.endFamily(session, origin);
    throw new RefreshTokenInvalid({ sessionId: claims.sid, reused: session.superseded });
  }

  private async endFamily(session: RefreshAssessment, origin: RequestOrigin): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      const { user_id: userId, session_id: sessionId } = session;
      const ended = await this.sessions.endOne(tx, userId, sessionId, 'refresh_token_reused');
      if (ended === 0) return;
      await this.audit.record(tx, origin, {
        action: 'session.reuse_detected',
        tenantId: session.tenant_id,
        actorId: session.user_id,
        outcome: 'refused',
        target: { kind: 'session', id: session.session_id },
      });
      await this.notices.send(tx, toNotified(session), 'session_reuse_detected', origin);
    });
  }
}

function toNotified({ user_id: id, email, first_name: firstName }: StateRow): Notified {
  return { id, email, firstName };
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor, SessionState } from '../../common/actor.js';
import type { Page } from '../../common/pagination.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { AccessTokensService } from './access-tokens.service.js';
import { PendingSignInsService } from './pending-sign-ins.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { type NewSession, type StateRow, toSessionState } from './session-state.js';
import { AccessTokenInvalid, MembershipEnded, SessionNotFound } from './sessions.errors.js';
import { IS_SESSION_OPEN, LIST_SESSIONS, OPEN_SESSION } from './sessions.queries.js';

export type EndReason =
  | 'logout'
  | 'ended_by_user'
  | 'password_changed'
  | 'password_recovered'
  | 'refresh_token_reused'
  | 'account_taken_over'
  | 'identifier_proven'
  | 'two_factor_enabled'
  | 'two_factor_disabled'
  | 'ended_by_administrator'
  | 'member_suspended'
  | 'member_removed'
  | 'account_left'
  | 'email_change_reverted'
  | 'two_factor_reset';

/** Issued tokens with the state of their session. */
export interface IssuedTokens {
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
  state: SessionState;
}

export interface ListedSession {
  id: string;
  userAgent: string | null;
  address: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

/** The log entry of a session event: user, session, tenant and request origin. */
export function describeSession(
  event: string,
  { sessionId, user, membership }: SessionState,
  origin: RequestOrigin,
) {
  const { requestId, address } = origin;
  return { event, requestId, address, userId: user.id, sessionId, tenantId: membership?.tenant.id };
}

/** Opens, lists and ends a user's sessions. An ended session is rejected by every instance at once. */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger('Sessions');

  constructor(
    private readonly database: Database,
    private readonly accessTokens: AccessTokensService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly pending: PendingSignInsService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The caller has locked the user (`UsersService.lock`), so that the session limit is exact: the oldest sessions over
   * it end. Throws MembershipEnded if the user is not an active member of the tenant.
   */
  async open(
    tx: Transaction,
    session: NewSession,
    origin: RequestOrigin,
  ): Promise<IssuedTokens & { isNewDevice: boolean }> {
    const [row] = await tx.many<StateRow & { new_device: boolean }>(OPEN_SESSION, [
      newId(),
      session.userId,
      session.tenantId,
      session.methods,
      origin.userAgent,
      origin.address,
      this.config.REFRESH_IDLE_SECONDS,
      this.config.REFRESH_ABSOLUTE_SECONDS,
      this.config.MAX_SESSIONS_PER_USER,
      newId(),
      origin.requestId,
      session.renewableByAccessToken ?? false,
    ]);
    const state = toSessionState(row);
    if (!row || !state) throw new MembershipEnded({ userId: session.userId });
    this.logger.log(describeSession('signed in', state, origin));
    return { ...this.issue(state), isNewDevice: row.new_device };
  }

  /** Signs the session's current access and refresh tokens. */
  issue(state: SessionState): IssuedTokens {
    const { sessionId: sid, refreshVersion: ver, generation: gen } = state;
    const refreshToken = this.refreshTokens.mint({ sid, ver, gen });
    return { ...this.accessTokens.sign(state), refreshToken, state };
  }

  /** The valid sessions, newest first. MAX_SESSIONS_PER_USER bounds them, so there is one page. */
  async list(actor: Actor): Promise<Page<ListedSession>> {
    const data = await this.database.autocommitAcrossTenants.many<ListedSession>(LIST_SESSIONS, [
      actor.userId,
    ]);
    return { data, nextCursor: null };
  }

  /** Ends one of the caller's own sessions. Throws SessionNotFound for any other id. */
  async end(actor: Actor, sessionId: string, reason: EndReason): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      const ended = await this.endOne(tx, actor.userId, sessionId, reason);
      if (ended === 0) throw new SessionNotFound();
      await this.audit.record(tx, actor.origin, {
        action: 'session.revoked',
        tenantId: actor.session.membership?.tenant.id ?? null,
        actorId: actor.userId,
        target: { kind: 'session', id: sessionId },
        detail: { reason },
      });
    });
  }

  /**
   * Call this under a lock that also serialises with whatever ends the caller's session, before creating anything that
   * outlives the session: the request may have been authenticated before the session ended. Throws AccessTokenInvalid.
   */
  async assertOpen(tx: Transaction, { userId, session }: Actor): Promise<void> {
    const open = await tx.many(IS_SESSION_OPEN, [session.sessionId, userId]);
    if (open.length === 0) throw new AccessTokenInvalid();
  }

  /** Ends one session of the user, in whichever tenant. Returns 0 if it had ended already. */
  endOne(tx: Transaction, userId: string, sessionId: string, reason: EndReason): Promise<number> {
    return this.endWhere(tx, 'user_id = $2 AND id = $3', reason, [userId, sessionId]);
  }

  /** Ends every session and every pending sign-in of the user. Returns the number of sessions. */
  async endAll(tx: Transaction, userId: string, reason: EndReason): Promise<number> {
    await this.pending.endAll(tx, userId);
    return this.endWhere(tx, 'user_id = $2', reason, [userId]);
  }

  /** Ends every session and every pending sign-in of the user in the tenant. Returns the number of sessions. */
  async endInTenant(tx: TenantTransaction, userId: string, reason: EndReason): Promise<number> {
    await this.pending.endInTenant(tx, userId);
    return this.endWhere(tx, 'tenant_id = $2 AND user_id = $3', reason, [tx.tenantId, userId]);
  }

  /**
   * Ends every session of the caller but the present one, and every pending sign-in. Returns the number of sessions.
   */
  async endOthers(tx: Transaction, actor: Actor, reason: EndReason): Promise<number> {
    await this.pending.endAll(tx, actor.userId);
    return this.endWhere(tx, 'user_id = $2 AND id <> $3', reason, [actor.userId, actor.session.sessionId]);
  }

  private async endWhere(
    tx: Transaction,
    condition: string,
    reason: EndReason,
    values: unknown[],
  ): Promise<number> {
    const count = await tx.execute(
      `UPDATE sessions SET revoked_at = now(), revoked_reason = $1 WHERE ${condition} AND revoked_at IS NULL`,
      [reason, ...values],
    );
    return count;
  }
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Actor, SessionState } from '../../common/actor.js';
import type { Page } from '../../common/pagination.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { noteContents } from '../idempotency/running-request.js';
import { AccessTokensService } from './access-tokens.service.js';
import { PendingSignInsService } from './pending-sign-ins.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import type { EndReason, NewSession } from './session-state.js';
import { AccessTokenInvalid, MembershipEnded, SessionNotFound } from './sessions.errors.js';
import { type ListedSession, type SessionLimits, SessionsRepository } from './sessions.repository.js';

export type { EndReason, ListedSession };

/** Issued tokens with the state of their session. */
export interface IssuedTokens {
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
  state: SessionState;
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
    private readonly sessions: SessionsRepository,
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
    const opened = await this.sessions.open(tx, session, origin, this.limits);
    if (!opened) throw new MembershipEnded({ userId: session.userId });
    const { state, isNewDevice } = opened;
    return { ...this.issueFirst(state, origin, tx), isNewDevice };
  }

  /**
   * Issues the tokens of a session that was opened just now, and logs it: if in a transaction, once that has committed. One
   * that is rolled back and runs again has opened one session.
   */
  issueFirst(state: SessionState, origin: RequestOrigin, tx?: Transaction): IssuedTokens {
    noteContents({ sessionId: state.sessionId });
    const log = () => this.logger.log(describeSession('signed in', state, origin));
    if (tx) tx.afterCommit(log);
    else log();
    return this.issue(state);
  }

  /** Of every session that opens. */
  get limits(): SessionLimits {
    return {
      idleSeconds: this.config.REFRESH_IDLE_SECONDS,
      absoluteSeconds: this.config.REFRESH_ABSOLUTE_SECONDS,
      maxPerUser: this.config.MAX_SESSIONS_PER_USER,
    };
  }

  /** Signs the session's current access and refresh tokens. */
  issue(state: SessionState): IssuedTokens {
    const { sessionId: sid, refreshVersion: ver, generation: gen, inCookie } = state;
    const refreshToken = this.refreshTokens.mint({ sid, ver, gen, inCookie });
    return { ...this.accessTokens.sign(state), refreshToken, state };
  }

  /** The valid sessions, newest first. MAX_SESSIONS_PER_USER bounds them, so there is one page. */
  async list(actor: Actor): Promise<Page<ListedSession>> {
    return { data: await this.sessions.list(actor.userId), nextCursor: null };
  }

  /** Ends one of the caller's own sessions. Throws SessionNotFound for any other id. */
  async end(actor: Actor, sessionId: string, reason: EndReason): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      if (!(await this.endOne(tx, actor.userId, sessionId, reason))) throw new SessionNotFound();
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
    const { sessionId } = session;
    if (!(await this.sessions.isOpen(tx, { userId, sessionId }))) throw new AccessTokenInvalid();
  }

  /** Ends one session of the user, in whichever tenant. Returns false if it had ended already. */
  endOne(tx: Transaction, userId: string, sessionId: string, reason: EndReason): Promise<boolean> {
    return this.sessions.endOne(tx, { userId, sessionId }, reason);
  }

  /** Ends every session and every pending sign-in of the user. Returns the number of sessions. */
  async endAll(tx: Transaction, userId: string, reason: EndReason): Promise<number> {
    await this.pending.endAll(tx, userId);
    return this.sessions.endAll(tx, userId, reason);
  }

  /** Ends every session and every pending sign-in of the user in the tenant. Returns the number of sessions. */
  async endInTenant(tx: TenantTransaction, userId: string, reason: EndReason): Promise<number> {
    await this.pending.endInTenant(tx, userId);
    return this.sessions.endInTenant(tx, userId, reason);
  }

  /**
   * Ends every session of the caller but the present one, and every pending sign-in. Returns the number of sessions.
   */
  async endOthers(tx: Transaction, { userId, session }: Actor, reason: EndReason): Promise<number> {
    await this.pending.endAll(tx, userId);
    return this.sessions.endOthers(tx, { userId, sessionId: session.sessionId }, reason);
  }
}

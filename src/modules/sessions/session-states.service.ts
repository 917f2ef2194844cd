import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { SessionState } from '../../common/actor.js';
import type { AccessClaims } from './access-claims.js';
import { SessionReissueRepository } from './session-reissue.repository.js';
import { withSuccessor } from './session-state.js';
import { SessionStatesRepository } from './session-states.repository.js';
import { AccessTokenInvalid } from './sessions.errors.js';

/**
 * Reads the present state of sessions. Requests of the same tick share one statement, and no result is cached: each is
 * read after its request began.
 */
@Injectable()
export class SessionStatesService {
  private readonly loader = new DataLoader<string, SessionState | null>((ids) => this.readAll(ids), {
    cache: false,
    maxBatchSize: 256,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  });

  constructor(
    private readonly states: SessionStatesRepository,
    private readonly pairs: SessionReissueRepository,
  ) {}

  /** Null if the session ended or expired, or its user, membership or tenant is no longer active. */
  read(sessionId: string): Promise<SessionState | null> {
    return this.loader.load(sessionId);
  }

  /**
   * The present state of the session of a verified access token; its first use activates a successor pair. Throws
   * AccessTokenInvalid if the session ended, or if its person, tenant or token version is no longer that of the token.
   */
  async getByClaims({ sid, sub, ver, org_id: tenantId }: AccessClaims): Promise<SessionState> {
    const state = await this.read(sid);
    // A token without a tenant was issued before its session had one. It stays valid, like a newer token.
    const isSame = state?.user.id === sub && [undefined, state.membership?.tenant.id].includes(tenantId);
    if (!state || !isSame) throw new AccessTokenInvalid();
    if (state.tokenVersion === ver) return state;
    const activated = state.successorVersion === ver ? await this.activate(state) : null;
    if (!activated) throw new AccessTokenInvalid();
    return activated;
  }

  /**
   * The first use of the successor pair: it becomes the current pair, and the older pair becomes invalid. Of parallel
   * calls, one performs the change. Returns null if the session ended or has moved to a later version.
   */
  async activate(state: SessionState): Promise<SessionState | null> {
    const { sessionId, successorVersion: version } = state;
    if (await this.pairs.activateSuccessor(sessionId, version)) return withSuccessor(state);
    const present = await this.read(sessionId);
    return present?.tokenVersion === version ? present : null;
  }

  private async readAll(ids: readonly string[]): Promise<(SessionState | null)[]> {
    const states = await this.states.read([...new Set(ids)]);
    return ids.map((id) => states.get(id) ?? null);
  }
}

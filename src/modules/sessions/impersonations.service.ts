import { Inject, Injectable, Logger } from '@nestjs/common';
import type { SessionState } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { AccessTokensService } from './access-tokens.service.js';
import {
  type EndedImpersonation,
  type Impersonation,
  ImpersonationsRepository,
} from './impersonations.repository.js';
import { describeSession } from './sessions.service.js';

/** One access token, without a refresh token. */
export interface ImpersonationToken {
  accessToken: string;
  /** In seconds. */
  expiresIn: number;
  state: SessionState;
}

/** Sessions of operators in the place of people: short, not renewed, and one of an operator and a person at a time. */
@Injectable()
export class ImpersonationsService {
  private readonly logger = new Logger('Impersonations');

  constructor(
    private readonly impersonations: ImpersonationsRepository,
    private readonly accessTokens: AccessTokensService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Ends those of this operator in the place of this person. The caller has locked both tenant and person. */
  endAllOf(tx: Transaction, who: Impersonation): Promise<EndedImpersonation[]> {
    return this.impersonations.endAllOf(tx, who);
  }

  /**
   * The caller has locked the tenant and then the person, and locks the operator's session before it commits. Null if the
   * person is not an active member of the tenant, or the tenant does not let operators in.
   */
  async open(tx: Transaction, who: Impersonation, origin: RequestOrigin): Promise<ImpersonationToken | null> {
    const state = await this.impersonations.open(tx, who, origin, this.config.IMPERSONATION_SECONDS);
    if (!state) return null;
    this.logger.log({
      ...describeSession('impersonation started', state, origin),
      impersonatedBy: who.operatorId,
    });
    return { ...this.accessTokens.sign(state), state };
  }

  /** Returns whose session ended, and where; null if this operator has no such open session. */
  end(tx: Transaction, id: string, operatorId: string): Promise<{ userId: string; tenantId: string } | null> {
    return this.impersonations.end(tx, { id, operatorId });
  }
}

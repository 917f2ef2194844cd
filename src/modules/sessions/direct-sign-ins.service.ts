import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { type CodeProof, DirectSignInsRepository, type PasswordProof } from './direct-sign-ins.repository.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';

/** Sign-ins in one statement, without a transaction: `DirectSignInsRepository` says which. Null for every other one. */
@Injectable()
export class DirectSignInsService {
  constructor(
    private readonly signIns: DirectSignInsRepository,
    private readonly sessions: SessionsService,
  ) {}

  async byPassword(proof: PasswordProof, origin: RequestOrigin): Promise<IssuedTokens | null> {
    const state = await this.signIns.byPassword(proof, origin, this.sessions.limits);
    return state && this.sessions.issueFirst(state, origin);
  }

  async byCode(proof: CodeProof, origin: RequestOrigin): Promise<IssuedTokens | null> {
    const state = await this.signIns.byCode(proof, origin, this.sessions.limits);
    return state && this.sessions.issueFirst(state, origin);
  }
}

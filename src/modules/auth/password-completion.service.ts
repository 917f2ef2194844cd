import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { DirectSignInsService } from '../sessions/direct-sign-ins.service.js';
import { type AuthenticationResult, type SignInOutcome, SignInService } from './sign-in.service.js';

/** Ends a sign-in by password: in one statement where it needs nothing but a session, else in a transaction. */
@Injectable()
export class PasswordCompletionService {
  constructor(
    private readonly database: Database,
    private readonly direct: DirectSignInsService,
    private readonly signIns: SignInService,
  ) {}

  /** As `SignInService.complete`. */
  async complete(authentication: AuthenticationResult, origin: RequestOrigin): Promise<SignInOutcome> {
    const { userId, tenantId, method, credential, renewableByAccessToken } = authentication;
    const session = { userId, tenantId, methods: [method], renewableByAccessToken };
    const hash = credential?.hash;
    const tokens = hash ? await this.direct.byPassword({ ...session, hash }, origin) : null;
    if (tokens) return { kind: 'signed-in', tokens };
    return this.database.acrossTenants((tx) => this.signIns.complete(tx, authentication, origin));
  }
}

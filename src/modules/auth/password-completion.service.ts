import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import type { Credential } from '../passwords/credentials.service.js';
import { DirectSignInsService } from '../sessions/direct-sign-ins.service.js';
import { type AuthenticationResult, type SignInOutcome, SignInService } from './sign-in.service.js';

/** A right password: the credential that was compared, and the attempt, which still counts as failed. */
export interface PasswordAuthentication extends AuthenticationResult {
  credential: Credential;
  guess: Guess;
}

/** Ends a sign-in by password: in one statement where it needs nothing but a session, else in a transaction. */
@Injectable()
export class PasswordCompletionService {
  constructor(
    private readonly database: Database,
    private readonly direct: DirectSignInsService,
    private readonly attempts: AttemptsService,
    private readonly signIns: SignInService,
  ) {}

  /** As `SignInService.complete`. Also clears the counts of the attempt. */
  async complete(
    { guess, ...authentication }: PasswordAuthentication,
    origin: RequestOrigin,
  ): Promise<SignInOutcome> {
    const { userId, tenantId, method, credential, renewableByAccessToken } = authentication;
    const session = { userId, tenantId, methods: [method], renewableByAccessToken };
    const proof = { ...session, hash: credential.hash, attempts: this.attempts.keysToClear(guess) };
    const tokens = await this.direct.byPassword(proof, origin);
    if (tokens) return { kind: 'signed-in', tokens };
    await this.attempts.succeeded(guess);
    return this.database.acrossTenants((tx) => this.signIns.complete(tx, authentication, origin));
  }
}

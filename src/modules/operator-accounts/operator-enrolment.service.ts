import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { type DisclosedSeed, OperatorSecrets } from './operator-secrets.js';
import { isAllowed } from './operator-sessions.service.js';
import { EnrolmentTokenInvalid, OperatorSignInRefused } from './operators.errors.js';
import { type OperatorRow, OperatorsRepository } from './operators.repository.js';

/** What an operator needs to set up the authenticator. */
export interface OperatorEnrolment {
  email: string;
  /** False: give the present password. */
  setsPassword: boolean;
  /** Null if the authenticator stays as it is. */
  seed: DisclosedSeed | null;
}

/** Operators set what is missing: the password, the second factor, or both; with a token that works once. */
@Injectable()
export class OperatorEnrolmentService {
  constructor(
    private readonly database: Database,
    private readonly operators: OperatorsRepository,
    private readonly attempts: AttemptsService,
    private readonly credentials: CredentialsService,
    private readonly hasher: PasswordHasher,
    private readonly secrets: OperatorSecrets,
    private readonly audit: AuditService,
  ) {}

  /** Does not use the token up. Throws EnrolmentTokenInvalid. */
  async read(token: string, origin: RequestOrigin): Promise<OperatorEnrolment> {
    const operator = await this.find(token, origin);
    const { email, passwordHash, isSeedConfirmed } = operator;
    const seed = isSeedConfirmed ? null : await this.secrets.disclose(operator);
    return { email, setsPassword: passwordHash === null, seed };
  }

  /**
   * Sets the password, or verifies the present one, and uses the code. Of parallel calls with one token, one succeeds.
   * Throws EnrolmentTokenInvalid, OperatorSignInRefused for a wrong present password or code, PasswordRefused or
   * TooManyAttempts.
   */
  async complete(
    { token, password, code }: { token: string; password: string; code: string },
    origin: RequestOrigin,
  ): Promise<void> {
    const operator = await this.find(token, origin);
    const guess: Guess = { subject: `operator:${operator.id}`, address: origin.address };
    const isRight = await this.hasher.limited(async (verify) => {
      await this.attempts.reserve(guess, 'password');
      return operator.passwordHash === null || verify(operator.passwordHash, password);
    });
    const step = this.secrets.matchStep(operator, code);
    if (!isRight || step === null) throw new OperatorSignInRefused();
    const { id, email } = operator;
    const passwordHash = operator.passwordHash ?? (await this.credentials.prepare(password, { email }));
    const hash = this.secrets.hashEnrolment(token);
    await this.database.acrossTenants(async (tx) => {
      if (!(await this.operators.enrol(tx, { id, hash, passwordHash, step })))
        throw new EnrolmentTokenInvalid();
      const target = { kind: 'operator', id } as const;
      const event = {
        action: 'operator.enrolled',
        tenantId: null,
        actorKind: 'operator',
        actorId: id,
      } as const;
      await this.audit.record(tx, origin, { ...event, target });
    });
    await this.attempts.succeeded(guess);
  }

  private async find(token: string, origin: RequestOrigin): Promise<OperatorRow> {
    const operator = await this.operators.findByEnrolment(this.secrets.hashEnrolment(token));
    if (!operator || !isAllowed(operator, origin)) throw new EnrolmentTokenInvalid();
    return operator;
  }
}

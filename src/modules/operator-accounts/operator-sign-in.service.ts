import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { OperatorSecrets } from './operator-secrets.js';
import { isAllowed, OperatorSessionsService, type OperatorToken } from './operator-sessions.service.js';
import { OperatorSignInRefused } from './operators.errors.js';
import { type OperatorRow, OperatorsRepository } from './operators.repository.js';

export interface OperatorSignIn {
  /** Canonical. */
  email: string;
  password: string;
  code: string;
}

/** Sign-in of operators: password and code of the authenticator together. */
@Injectable()
export class OperatorSignInService {
  constructor(
    private readonly database: Database,
    private readonly operators: OperatorsRepository,
    private readonly sessions: OperatorSessionsService,
    private readonly attempts: AttemptsService,
    private readonly hasher: PasswordHasher,
    private readonly secrets: OperatorSecrets,
    private readonly audit: AuditService,
  ) {}

  /**
   * Throws OperatorSignInRefused, the same for whatever is wrong and after the same work, or TooManyAttempts. The attempt
   * is counted before anything is compared. From an address that the operator may not use it is counted for the e-mail
   * address as typed, known or not: nobody there can slow the operator down. A code is accepted once.
   */
  async signIn({ email, password, code }: OperatorSignIn, origin: RequestOrigin): Promise<OperatorToken> {
    const found = await this.operators.findByEmail(email);
    const operator = found && !found.isDisabled && isAllowed(found, origin) ? found : null;
    const subject = operator ? `operator:${operator.id}` : `operator-email:${email}`;
    const guess: Guess = { subject, address: origin.address };
    const isRight = await this.hasher.limited(async (verify) => {
      await this.attempts.reserve(guess, 'password');
      return verify(operator?.passwordHash ?? null, password);
    });
    const token = operator && isRight ? await this.complete(operator, code, origin) : null;
    if (!token) {
      await this.recordDenial(found, origin);
      throw new OperatorSignInRefused();
    }
    await this.attempts.succeeded(guess);
    return token;
  }

  /** Null if the code is wrong or used, or the operator was disabled or reset meanwhile. */
  private complete(
    operator: OperatorRow,
    code: string,
    origin: RequestOrigin,
  ): Promise<OperatorToken | null> {
    const { id } = operator;
    const step = this.secrets.matchStep(operator, code);
    if (step === null) return Promise.resolve(null);
    return this.database.transaction(async (tx) => {
      if (!(await this.operators.acceptStep(tx, id, step))) return null;
      const token = await this.sessions.open(tx, id, origin);
      const target = { kind: 'operator', id } as const;
      const event = {
        action: 'operator.signed_in',
        tenantId: null,
        actorKind: 'operator',
        actorId: id,
      } as const;
      await this.audit.record(tx, origin, { ...event, target });
      return token;
    });
  }

  private async recordDenial(operator: OperatorRow | null, origin: RequestOrigin): Promise<void> {
    await this.audit.record(this.database.autocommit, origin, {
      action: 'operator.sign_in_refused',
      tenantId: null,
      actorId: null,
      outcome: 'refused',
      ...(operator && { target: { kind: 'operator', id: operator.id } }),
    });
  }
}

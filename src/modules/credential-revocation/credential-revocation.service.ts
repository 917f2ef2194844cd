import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { ApiKeyRevocationService } from '../api-keys/api-key-revocation.service.js';
import { OtpService } from '../otp/otp.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorResetService } from '../two-factor/second-factor-reset.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { type Revocation, REVOCATIONS, type RevokingEvent } from './revocations.js';

export interface RevocationOptions {
  origin: RequestOrigin;
  /** Keeps a second factor that was confirmed before. */
  since?: Date | null;
  /** Keeps the session of this caller. */
  except?: Actor;
}

/** The numbers that ended, in every tenant. */
export interface RevokedCredentials {
  sessions: number;
  trustedDevices: number;
}

/** The one place that knows every kind of credential of a person. `REVOCATIONS` says what each event does to them. */
@Injectable()
export class CredentialRevocationService {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactorResetService,
    private readonly apiKeys: ApiKeyRevocationService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
  ) {}

  /** Revokes when the transaction commits. The caller has locked the user; `user` has the identifiers from before. */
  async revoke(
    tx: Transaction,
    user: UserEntity,
    event: RevokingEvent,
    { origin, since = null, except }: RevocationOptions,
  ): Promise<RevokedCredentials> {
    const plan: Revocation = REVOCATIONS[event];
    await this.secrets.revokeOfUser(tx, user.id, plan.links === 'all' ? null : [...plan.links]);
    if (plan.password === 'remove') await this.credentials.remove(tx, user.id);
    const sessions = await (except
      ? this.sessions.endOthers(tx, except, event)
      : this.sessions.endAll(tx, user.id, event));
    const trustedDevices = await this.secondFactor.removeDevices(tx, user.id);
    if (plan.secondFactor === 'enable') await this.secondFactor.enable(tx, user.id);
    if (plan.secondFactor === 'remove') await this.secondFactor.removeFactor(tx, user.id, since);
    await this.revokeApiKeys(tx, user, plan, origin);
    if (plan.codes !== 'keep')
      await this.otp.revoke(tx, plan.codes === 'own' ? identifiersOf(user) : claimsOf(user));
    return { sessions, trustedDevices };
  }

  private async revokeApiKeys(
    tx: Transaction,
    { id }: UserEntity,
    { apiKeys }: Revocation,
    origin: RequestOrigin,
  ): Promise<void> {
    if (apiKeys === 'unrecorded') await this.apiKeys.revokeAll(tx, id);
    if (apiKeys === 'all') await this.apiKeys.revokeForeign(tx, id, origin);
    if (apiKeys === 'recent') await this.apiKeys.revokeRecent(tx, id, origin);
  }
}

/** All identifiers the account claims, including its pending e-mail address, each once. */
export function claimsOf(user: UserEntity): Identifier[] {
  const { email, pendingEmail } = user;
  const isAnother = pendingEmail !== null && pendingEmail !== email;
  return [...identifiersOf(user), ...(isAnother ? [{ kind: 'email', value: pendingEmail } as const] : [])];
}

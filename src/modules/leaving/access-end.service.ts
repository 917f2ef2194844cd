import { Injectable } from '@nestjs/common';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { Tx } from '../../database/database.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { User } from '../users/entities/user.entity.js';
import { END_ACCESS, VOID_SECRETS_OF_SIGN_INS } from './leaving.queries.js';

/** Ends whatever lets a person in or acts in their name. Password and second factor stay: they let nobody in alone. */
@Injectable()
export class AccessEndService {
  constructor(
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly sessions: SessionsService,
  ) {}

  /** Links, codes, half sign-ins, trusted devices, API keys and sessions are dead once this commits. */
  async endAll(tx: Tx, user: User): Promise<void> {
    const pending: Identifier[] = user.pendingEmail ? [{ kind: 'email', value: user.pendingEmail }] : [];
    await this.secrets.revoke(tx, user.id, ['password-reset', 'email-verification']);
    await tx.query(VOID_SECRETS_OF_SIGN_INS, [user.id]);
    await this.otp.revoke(tx, [...identifiersOf(user), ...pending]);
    for (const statement of END_ACCESS) await tx.query(statement, [user.id]);
    await this.sessions.endAll(tx, user.id, 'account_left');
  }
}

import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import { Database } from '../../database/database.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { IdentifierProofService } from '../users/identifier-proof.service.js';
import { UsersService } from '../users/users.service.js';
import { ResetTokenInvalid } from './auth.errors.js';
import { CredentialsService } from './credentials.service.js';
import { RecoveryService } from './recovery.service.js';

/** Spends a recovery link on a new password. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly database: Database,
    private readonly recovery: RecoveryService,
    private readonly users: UsersService,
    private readonly proof: IdentifierProofService,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly secrets: SecretsService,
    private readonly attempts: AttemptsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Ends every session and signs nobody in. The link proves its address: an account that had not proven it goes to
   * whoever opened the link, with nothing left of what was set up before. Throws ResetTokenInvalid, in which case
   * nothing changed, or a password refusal, in which case the link is unspent.
   */
  async reset(token: string, newPassword: string, client: Client): Promise<void> {
    const { id, email, firstName, lastName } = await this.recovery.open(token);
    const owner = { email, names: [firstName, lastName] };
    const hash = await this.credentials.prepare(newPassword, owner, 'newPassword');
    await this.database.transaction(async (tx) => {
      const user = await this.users.lock(tx, id);
      const spent = await this.secrets.spend(tx, 'password-reset', token);
      if (!user || user.email !== email || !spent) throw new ResetTokenInvalid();
      await this.credentials.set(tx, id, hash);
      await this.sessions.endAll(tx, id, 'password_recovered');
      await this.secrets.revoke(tx, id, ['password-reset']);
      if (!user.emailVerifiedAt) await this.proof.proveEmail(tx, id, email, client);
      await this.audit.record(tx, client, {
        action: 'password.recovered',
        tenantId: null,
        actorId: id,
        target: { kind: 'user', id },
      });
      await this.notices.send(tx, user, 'password_recovered', client);
    });
    await this.attempts.forget(`user:${id}`);
  }
}

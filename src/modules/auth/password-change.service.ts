import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { CurrentPasswordIncorrect } from '../passwords/passwords.errors.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import type { ReissuedTokens } from '../sessions/reissue.service.js';
import { UsersService } from '../users/users.service.js';
import { PasswordChangeConsequencesService } from './password-change-consequences.service.js';

/** Changes the password of a signed-in user. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly reauthentication: ReauthenticationService,
    private readonly consequences: PasswordChangeConsequencesService,
  ) {}

  /**
   * Ends every other session, removes all trusted devices and revokes outstanding reset links and codes. The caller's
   * session continues with the returned tokens; its present tokens stay valid until the first use of the new ones.
   * Throws CurrentPasswordIncorrect (counted as a failed sign-in), TooManyAttempts or a password policy error.
   */
  async change(actor: Actor, currentPassword: string, newPassword: string): Promise<ReissuedTokens> {
    const current = await this.reauthentication.byPassword(actor, currentPassword);
    const { user, membership } = actor.session;
    const owner = {
      email: user.email,
      phone: user.phone,
      names: [user.firstName, user.lastName],
      company: membership?.tenant.name,
    };
    const hash = await this.credentials.prepare(newPassword, owner, 'newPassword');
    return this.database.acrossTenants(async (tx) => {
      const locked = await this.users.lock(tx, actor.userId);
      if (!locked || !(await this.credentials.isCurrent(tx, current))) throw new CurrentPasswordIncorrect();
      await this.credentials.set(tx, actor.userId, hash);
      return this.consequences.apply(tx, actor, locked);
    });
  }
}

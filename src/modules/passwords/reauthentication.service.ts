import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { FAILURES_BEFORE_NOTICE } from '../attempts/attempts.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { UsersService } from '../users/users.service.js';
import { type Credential, CredentialsService } from './credentials.service.js';
import { currentPasswordGuess } from './password-guesses.js';
import { CurrentPasswordIncorrect, ReauthenticationRequired } from './passwords.errors.js';

/** Reauthenticates the signed-in user before a sensitive operation. */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly notices: NoticesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Verifies the caller's current password. A wrong one counts as a failed sign-in of the account; at
   * FAILURES_BEFORE_NOTICE in a row the user is notified. Throws CurrentPasswordIncorrect and TooManyAttempts.
   */
  async byPassword(
    actor: Actor,
    currentPassword: string,
    field?: 'currentPassword' | 'password',
  ): Promise<Credential> {
    const credential = await this.credentials.find(actor.userId);
    const guess = currentPasswordGuess(actor);
    const compared = await this.credentials.compare(credential, currentPassword, guess, 'current-password');
    if (compared.isRight) return credential;
    if (compared.failures === FAILURES_BEFORE_NOTICE) await this.notifyOwner(actor);
    throw new CurrentPasswordIncorrect(field);
  }

  /**
   * Verifies the password or, if none is given, requires a sign-in younger than REAUTH_SECONDS. Throws what
   * `byPassword` throws, and ReauthenticationRequired.
   */
  async byPasswordOrRecency(actor: Actor, currentPassword: string | undefined): Promise<void> {
    if (currentPassword !== undefined) {
      await this.byPassword(actor, currentPassword);
      return;
    }
    if (!this.isRecent(actor)) throw new ReauthenticationRequired();
  }

  /**
   * Requires the password, however recent the sign-in is; for an account without a password, a sign-in younger than
   * REAUTH_SECONDS. Throws what `byPassword` throws, and ReauthenticationRequired.
   */
  async byPasswordIfAny(actor: Actor, currentPassword: string | undefined): Promise<void> {
    const { hash } = await this.credentials.find(actor.userId);
    if (hash === null || currentPassword !== undefined)
      return this.byPasswordOrRecency(actor, currentPassword);
    throw new ReauthenticationRequired(['currentPassword'], { orSignIn: false });
  }

  /** Whether the sign-in is younger than REAUTH_SECONDS. */
  isRecent({ session }: Actor): boolean {
    return session.signInAge <= this.config.REAUTH_SECONDS;
  }

  private notifyOwner({ userId, origin }: Actor): Promise<void> {
    return this.database.transaction(async (tx) => {
      const user = await this.users.lock(tx, userId);
      if (user) await this.notices.send(tx, user, 'current_password_failures', origin);
    });
  }
}

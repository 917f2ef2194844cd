import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { CurrentPasswordIncorrect, ReauthenticationRequired } from './passwords.errors.js';
import { type Credential, CredentialsService } from './credentials.service.js';

/** Confirms that the person at the keyboard is still the one who signed in. */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly credentials: CredentialsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The actor's password, now. A wrong one counts as a failed sign-in of the account. Throws CurrentPasswordIncorrect
   * and TooManyAttempts.
   */
  async byPassword(
    actor: Actor,
    currentPassword: string,
    field?: 'currentPassword' | 'password',
  ): Promise<Credential> {
    const credential = await this.credentials.find(actor.userId);
    const about = { userId: actor.userId };
    const guess = { subject: `user:${actor.userId}`, address: actor.client.address, about };
    if (!(await this.credentials.matches(credential, currentPassword, guess)))
      throw new CurrentPasswordIncorrect(field);
    return credential;
  }

  /** The password, or without one a sign-in younger than REAUTH_SECONDS; else ReauthenticationRequired. */
  async byPasswordOrRecency(actor: Actor, currentPassword: string | undefined): Promise<void> {
    if (currentPassword !== undefined) {
      await this.byPassword(actor, currentPassword);
      return;
    }
    if (!this.isRecent(actor)) throw new ReauthenticationRequired();
  }

  /** Whether the sign-in is younger than REAUTH_SECONDS. */
  isRecent({ session }: Actor): boolean {
    return Date.now() - session.authenticatedAt.getTime() <= this.config.REAUTH_SECONDS * 1000;
  }
}

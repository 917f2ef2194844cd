import { Injectable } from '@nestjs/common';
import type { Actor, SessionState } from '../../common/actor.js';
import type { Transaction } from '../../database/transaction.js';
import { ReauthenticationRequired } from '../passwords/passwords.errors.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { type ProfileChanges, ProfileService } from '../profile/profile.service.js';
import { SessionStatesService } from '../sessions/session-states.service.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import { type CodeGuess, SecondFactorService } from '../two-factor/second-factor.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';

export interface Identification {
  currentPassword?: string;
  /** A code of the second factor. */
  code?: string;
}

/** Changes to the caller's own account, some of which require reauthentication. */
@Injectable()
export class AccountService {
  constructor(
    private readonly profile: ProfileService,
    private readonly reauthentication: ReauthenticationService,
    private readonly secondFactor: SecondFactorService,
    private readonly states: SessionStatesService,
  ) {}

  /**
   * Changes names without reauthentication. A change of the e-mail address requires `currentPassword`, or `code` if the
   * user has a second factor, however recent the sign-in is. If the published request body has neither field
   * (`acceptsRecentSignIn`), a recent sign-in is accepted instead; once the sign-in is no longer recent, the password
   * is required, and the code too if the user has a second factor. Returns the session state after the change.
   */
  async update(
    actor: Actor,
    input: ProfileChanges & Identification,
    { acceptsRecentSignIn = false } = {},
  ): Promise<SessionState> {
    const { currentPassword, code, ...changes } = input;
    const { email } = actor.session.user;
    const movesEmail = !!changes.email && changes.email !== email;
    const confirmed = movesEmail
      ? await this.identify(actor, { currentPassword, code }, acceptsRecentSignIn)
      : null;
    if (confirmed) {
      const work = (tx: Transaction, user: UserEntity) => this.profile.apply(tx, actor, user, changes);
      await this.secondFactor.use(confirmed.guess, confirmed.code, work);
    } else {
      await this.profile.update(actor, changes);
    }
    const state = await this.states.read(actor.session.sessionId);
    if (!state) throw new AccessTokenInvalid();
    return state;
  }

  /** Returns the code to consume together with the change, or null if no code is required. */
  private async identify(
    actor: Actor,
    { currentPassword, code }: Identification,
    acceptsRecentSignIn: boolean,
  ): Promise<{ guess: CodeGuess; code: string } | null> {
    const { twoFactorEnabled } = actor.session.user;
    if (acceptsRecentSignIn) {
      await this.reauthentication.byPasswordOrRecency(actor, currentPassword);
      if (!twoFactorEnabled || this.reauthentication.isRecent(actor)) return null;
      if (code === undefined) throw new ReauthenticationRequired(['currentPassword', 'code']);
    } else if (twoFactorEnabled) {
      if (currentPassword !== undefined) await this.reauthentication.byPassword(actor, currentPassword);
      if (code === undefined) throw new ReauthenticationRequired(['code'], { orSignIn: false });
    } else {
      await this.reauthentication.byPasswordIfAny(actor, currentPassword);
      return null;
    }
    return this.reserve(actor, code);
  }

  private async reserve(actor: Actor, code: string): Promise<{ guess: CodeGuess; code: string }> {
    const { userId, session, origin } = actor;
    return {
      guess: await this.secondFactor.reserve(userId, session.membership?.tenant.id ?? null, origin),
      code,
    };
  }
}

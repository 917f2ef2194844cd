import { Injectable } from '@nestjs/common';
import type { Actor, SessionState } from '../../common/actor.js';
import type { Tx } from '../../database/database.js';
import { SessionStatesService } from '../sessions/session-states.service.js';
import { type CodeGuess, SecondFactorService } from '../two-factor/second-factor.service.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import type { User } from '../users/entities/user.entity.js';
import { type ProfileChanges, ProfileService } from '../users/profile.service.js';
import { ReauthenticationRequired } from '../passwords/passwords.errors.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';

export interface Identification {
  currentPassword?: string;
  /** Of the second factor. */
  code?: string;
}

/** Changes of one's own account that may need the password again. */
@Injectable()
export class AccountService {
  constructor(
    private readonly profile: ProfileService,
    private readonly reauthentication: ReauthenticationService,
    private readonly secondFactor: SecondFactorService,
    private readonly states: SessionStatesService,
  ) {}

  /**
   * Names change at once; an e-mail with `currentPassword`, or with a `code` where the person has a second factor,
   * however recent the sign-in is. Where the published body has neither (`acceptsRecentSignIn`), a recent sign-in will do;
   * after it, both are wanted. Returns what holds now.
   */
  async update(
    actor: Actor,
    input: ProfileChanges & Identification,
    { acceptsRecentSignIn = false } = {},
  ): Promise<SessionState> {
    const { currentPassword, code, ...changes } = input;
    const { email } = actor.session.user;
    const movesEmail = changes.email !== undefined && changes.email !== email;
    const confirmed = movesEmail
      ? await this.identify(actor, { currentPassword, code }, acceptsRecentSignIn)
      : null;
    if (confirmed) {
      const work = (tx: Tx, user: User) => this.profile.apply(tx, actor, user, changes);
      await this.secondFactor.use(confirmed.guess, confirmed.code, work);
    } else {
      await this.profile.update(actor, changes);
    }
    const state = await this.states.read(actor.session.sessionId);
    if (!state) throw new AccessTokenInvalid();
    return state;
  }

  /** The code that is left to be used up with the change; null where none is asked for. */
  private async identify(
    actor: Actor,
    { currentPassword, code }: Identification,
    acceptsRecentSignIn: boolean,
  ): Promise<{ guess: CodeGuess; code: string } | null> {
    const { twoFactorEnabled } = actor.session.user;
    if (acceptsRecentSignIn) {
      await this.reauthentication.byPasswordOrRecency(actor, currentPassword);
      if (!twoFactorEnabled || this.reauthentication.isRecent(actor)) return null;
      if (code === undefined) throw new ReauthenticationRequired('`currentPassword` and `code`');
    } else if (twoFactorEnabled) {
      if (currentPassword !== undefined) await this.reauthentication.byPassword(actor, currentPassword);
      if (code === undefined) throw new ReauthenticationRequired('`code`', { orSignIn: false });
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

import { Injectable } from '@nestjs/common';
import type { Actor, SessionState } from '../../common/actor.js';
import { SessionStatesService } from '../sessions/session-states.service.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import { type ProfileChanges, ProfileService } from '../users/profile.service.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';

/** Changes of one's own account that may need one's password again. */
@Injectable()
export class AccountService {
  constructor(
    private readonly profile: ProfileService,
    private readonly reauthentication: ReauthenticationService,
    private readonly states: SessionStatesService,
  ) {}

  /** Names change at once, an e-mail after `currentPassword` or a recent sign-in. Returns what holds now. */
  async update(actor: Actor, input: ProfileChanges & { currentPassword?: string }): Promise<SessionState> {
    const { currentPassword, ...changes } = input;
    const { email } = actor.session.user;
    if (changes.email !== undefined && changes.email !== email) {
      await this.reauthentication.byPasswordOrRecency(actor, currentPassword);
    }
    await this.profile.update(actor, changes);
    const state = await this.states.read(actor.session.sessionId);
    if (!state) throw new AccessTokenInvalid();
    return state;
  }
}

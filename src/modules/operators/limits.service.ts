import { Injectable } from '@nestjs/common';
import { type Identifier, parseIdentifier } from '../../common/identifiers.js';
import { Database } from '../../database/database.js';
import { AttemptsService, type SubjectCount } from '../attempts/attempts.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { TenantsRepository } from '../tenants/tenants.repository.js';
import { BlockedUsersRepository } from '../users/blocked-users.repository.js';
import { UsersService } from '../users/users.service.js';
import { explained, type OperatorAct, type Viewer } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { PersonNotFound } from './operators.errors.js';

/** A slow-down of guesses: at what, how many failed, and until when the next one waits. */
export interface Limit extends Omit<SubjectCount, 'subject'> {
  kind: string;
}

/** What slows the guesses at an identifier and its account down. */
@Injectable()
export class LimitsService {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptsService,
    private readonly users: BlockedUsersRepository,
    private readonly people: UsersService,
    private readonly tenants: TenantsRepository,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /** An identifier without an account has counts, too. Throws PersonNotFound for a text that is no identifier. */
  async list(by: Viewer, text: string): Promise<Limit[]> {
    const { subjects, userId } = await this.subjectsOf(text);
    if (userId !== null) await this.trail.recordView(by, userId);
    const counts = await this.attempts.read(subjects);
    return counts.map(({ subject, ...count }) => ({ kind: subject.split(':')[0] ?? '', ...count }));
  }

  /**
   * Lifts all of them: guesses are counted from zero. Notifies the person, if there is one. Throws ActNotExplained or
   * PersonNotFound.
   */
  async lift(text: string, order: OperatorAct): Promise<void> {
    const act = explained(order);
    const { subjects, userId } = await this.subjectsOf(text);
    await this.database.acrossTenants(async (tx) => {
      const tenantIds = userId === null ? [] : await this.tenants.lockAllOf(tx, userId);
      const user = userId === null ? null : await this.people.lock(tx, userId);
      const target = user ? ({ kind: 'user', id: user.id } as const) : undefined;
      await this.trail.record(tx, act, { action: 'limits.lifted', target }, tenantIds);
      await this.attempts.forget(subjects, tx);
      if (user) await this.notices.send(tx, user, 'limits_lifted', act.origin);
    });
  }

  private async subjectsOf(text: string): Promise<{ subjects: string[]; userId: string | null }> {
    const identifier: Identifier | null = parseIdentifier(text);
    if (!identifier) throw new PersonNotFound();
    const { kind, value } = identifier;
    const typed = ['password', 'sign-in-code', 'recovery-code'].map((guess) => `${guess}:${kind}:${value}`);
    const userId = await this.users.findId(identifier);
    const own = userId === null ? [] : [`current-password:${userId}`, `second-factor:${userId}`];
    return { subjects: [...typed, ...own], userId };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';
import { CurrentPasswordIncorrect, ReauthenticationRequired } from '../passwords/passwords.errors.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { SecondFactorService } from '../two-factor/second-factor.service.js';
import { UserGone } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { AccessEndService } from './access-end.service.js';
import { LeavesOthersWithoutOwner } from './leaving.errors.js';
import {
  FIND_LEFT_WITHOUT_OWNER,
  HIDE_MEMBERSHIPS,
  IS_ELSEWHERE,
  LOCK_TENANTS,
  MARK_LEAVING,
} from './leaving.queries.js';
import { WayBackService } from './way-back.service.js';

/** What shows that it is the person who wants to be gone, and not somebody at their keyboard. */
export interface DeletionConfirmation {
  password: string;
  /** Of the second factor, where one is on. */
  code?: string;
}

/** The first half of a deletion: gone for everybody at once, and for good when the way back has closed. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly reauthentication: ReauthenticationService,
    private readonly secondFactor: SecondFactorService,
    private readonly access: AccessEndService,
    private readonly wayBack: WayBackService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Returns when the account is erased. Until then its identifiers stay taken and its memberships hidden. Throws
   * CurrentPasswordIncorrect, TwoFactorCodeInvalid, TooManyAttempts, LeavesOthersWithoutOwner, or MessageLimitExceeded where the way back
   * cannot be sent; then nothing changed. Of two last top-level members who leave at once, one stays.
   */
  async request(actor: Actor, confirmation: DeletionConfirmation): Promise<Date> {
    const credential = await this.confirm(actor, confirmation);
    for (;;) {
      const deletionAt = await this.database.acrossTenants((tx) => this.leave(tx, actor, credential));
      if (deletionAt) return deletionAt;
    }
  }

  private async confirm(actor: Actor, { password, code }: DeletionConfirmation): Promise<Credential> {
    const credential = await this.reauthentication.byPassword(actor, password, 'password');
    const { user, membership } = actor.session;
    if (!user.twoFactorEnabled) return credential;
    if (code === undefined) throw new ReauthenticationRequired('`password` and `code`');
    const guess = await this.secondFactor.reserve(user.id, membership?.tenant.id ?? null, actor.client);
    // By itself: tenants are locked before the person, and a code is used with the person locked
    await this.secondFactor.use(guess, code, () => Promise.resolve());
    return credential;
  }

  /** Null where the person joined another tenant before they were locked: once more, with that one locked, too. */
  private async leave(tx: Tx, actor: Actor, credential: Credential): Promise<Date | null> {
    const { userId, client } = actor;
    const tenants = await tx.query<{ id: string }[]>(LOCK_TENANTS, [userId]);
    const tenantIds = tenants.map(({ id }) => id);
    const user = await this.users.lock(tx, userId);
    if (!user) throw new UserGone();
    if (!(await this.credentials.isCurrent(tx, credential))) throw new CurrentPasswordIncorrect('password');
    const [joined] = await tx.query<{ elsewhere: boolean }[]>(IS_ELSEWHERE, [userId, tenantIds]);
    if (joined?.elsewhere) return null;

    await this.assertNobodyIsLeftWithoutOwner(tx, userId);
    const [[marked]] = await tx.query<[{ deletion_at: Date }[], number]>(MARK_LEAVING, [
      userId,
      this.config.ACCOUNT_DELETION_GRACE_SECONDS,
    ]);
    if (!marked) throw new UserGone();
    await this.access.endAll(tx, user);
    await tx.query(HIDE_MEMBERSHIPS, [userId]);
    await this.record(tx, actor, tenantIds, marked.deletion_at);
    await this.wayBack.send(tx, user, marked.deletion_at, client);
    return marked.deletion_at;
  }

  /** In the trail of each tenant that sees them go, and of none that another is in it. */
  private async record(tx: Tx, actor: Actor, tenantIds: string[], deletionAt: Date): Promise<void> {
    for (const tenantId of tenantIds.length > 0 ? tenantIds : [null]) {
      await this.audit.record(tx, actor.client, {
        action: 'user.deletion_requested',
        tenantId,
        actorId: actor.userId,
        target: { kind: 'user', id: actor.userId },
        detail: { deletionAt },
      });
    }
  }

  private async assertNobodyIsLeftWithoutOwner(tx: Tx, userId: string): Promise<void> {
    const left = await tx.query<{ slug: string }[]>(FIND_LEFT_WITHOUT_OWNER, [userId]);
    if (left.length > 0) throw new LeavesOthersWithoutOwner(left.map(({ slug }) => slug));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';
import { CurrentPasswordIncorrect, ReauthenticationRequired } from '../passwords/passwords.errors.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { OwnersRepository } from '../tenants/owners.repository.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { type CodeGuess, SecondFactorService } from '../two-factor/second-factor.service.js';
import type { User } from '../users/entities/user.entity.js';
import { UserGone } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { JoinedAnotherTenant, LeavesOthersWithoutOwner } from './account-lifecycle.errors.js';
import { HAS_JOINED_ANOTHER, HIDE_MEMBERSHIPS, MARK_LEAVING } from './account-lifecycle.queries.js';
import { CredentialRevocationService, type RevokedCredentials } from './credential-revocation.service.js';
import { RestorationLinksService } from './restoration-links.service.js';

/** Reauthentication for the deletion of an account. */
export interface DeletionConfirmation {
  password: string;
  /** The second-factor code; required if the user has a second factor. */
  code?: string;
}

/** Requests account deletion: the account is hidden at once, and erased when the time for restoration is over. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly tenants: TenantsService,
    private readonly owners: OwnersRepository,
    private readonly credentials: CredentialsService,
    private readonly reauthentication: ReauthenticationService,
    private readonly secondFactor: SecondFactorService,
    private readonly revocation: CredentialRevocationService,
    private readonly restorationLinks: RestorationLinksService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Returns when the account will be erased. Until then its identifiers stay taken and its memberships hidden. Throws
   * CurrentPasswordIncorrect, ReauthenticationRequired, TwoFactorCodeInvalid, TooManyAttempts,
   * LeavesOthersWithoutOwner, or MessageLimitExceeded if the restoration link cannot be sent; then nothing changed and
   * the code is not consumed. If the last two top-level members request deletion at once, one of the requests fails.
   */
  async request(actor: Actor, { password, code }: DeletionConfirmation): Promise<Date> {
    const credential = await this.reauthentication.byPassword(actor, password, 'password');
    const confirmed = await this.reserveCode(actor, code);
    for (;;) {
      try {
        return await this.attempt(actor, credential, confirmed);
      } catch (error) {
        // Retry with the new tenant locked too
        if (!(error instanceof JoinedAnotherTenant)) throw error;
      }
    }
  }

  /**
   * Returns null if the user has no second factor. Checks the owner rule first, so that a request that must fail does
   * not cost an attempt.
   */
  private async reserveCode(actor: Actor, code?: string): Promise<{ guess: CodeGuess; code: string } | null> {
    const { user, membership } = actor.session;
    if (!user.twoFactorEnabled) return null;
    if (code === undefined) throw new ReauthenticationRequired(['password', 'code']);
    await this.assertOthersKeepOwner(this.database.autocommitAcrossTenants, user.id);
    return {
      guess: await this.secondFactor.reserve(user.id, membership?.tenant.id ?? null, actor.origin),
      code,
    };
  }

  /** Lock order: tenants, then the user. The code is consumed with the user locked. */
  private attempt(
    actor: Actor,
    credential: Credential,
    confirmed: { guess: CodeGuess; code: string } | null,
  ): Promise<Date> {
    let tenantIds: string[] = [];
    const lock = async (tx: Transaction) => {
      tenantIds = await this.tenants.lockAllOf(tx, actor.userId);
    };
    const leave = (tx: Transaction, user: User) => this.leave(tx, actor, user, credential, tenantIds);
    if (confirmed) return this.secondFactor.use(confirmed.guess, confirmed.code, leave, lock);
    return this.database.acrossTenants(async (tx) => {
      await lock(tx);
      const user = await this.users.lock(tx, actor.userId);
      if (!user) throw new UserGone();
      return leave(tx, user);
    });
  }

  private async leave(
    tx: Transaction,
    actor: Actor,
    user: User,
    credential: Credential,
    tenantIds: string[],
  ): Promise<Date> {
    const { userId, origin } = actor;
    if (!(await this.credentials.isCurrent(tx, credential))) throw new CurrentPasswordIncorrect('password');
    const joined = await tx.one<{ elsewhere: boolean }>(HAS_JOINED_ANOTHER, [userId, tenantIds]);
    if (joined?.elsewhere) throw new JoinedAnotherTenant();

    await this.assertOthersKeepOwner(tx, userId);
    const [marked] = await tx.many<{ deletion_at: Date }>(MARK_LEAVING, [
      userId,
      this.config.ACCOUNT_DELETION_GRACE_SECONDS,
    ]);
    if (!marked) throw new UserGone();
    const revoked = await this.revocation.revokeAll(tx, user, tenantIds);
    await tx.execute(HIDE_MEMBERSHIPS, [userId]);
    await this.record(tx, actor, revoked, marked.deletion_at);
    await this.restorationLinks.send(tx, user, marked.deletion_at, origin);
    return marked.deletion_at;
  }

  /** Records the request in the audit trail of each of the user's tenants, without naming the others. */
  private async record(
    tx: Transaction,
    actor: Actor,
    revoked: RevokedCredentials[],
    deletionAt: Date,
  ): Promise<void> {
    for (const { tenantId, ...counts } of revoked) {
      await this.audit.record(tx, actor.origin, {
        action: 'user.deletion_requested',
        tenantId,
        actorId: actor.userId,
        target: { kind: 'user', id: actor.userId },
        detail: { deletionAt, ...counts },
      });
    }
  }

  private async assertOthersKeepOwner(tx: Queries, userId: string): Promise<void> {
    const left = await this.owners.findTenantsOwnedAlone(tx, userId);
    if (left.length > 0) throw new LeavesOthersWithoutOwner(left);
  }
}

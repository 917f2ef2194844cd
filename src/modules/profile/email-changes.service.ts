import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { User } from '../users/entities/user.entity.js';
import { RevertTokenInvalid } from '../users/users.errors.js';
import {
  FIND_CHANGE,
  FIND_FIRST_REQUEST,
  FIND_HELD_SINCE,
  OVERRULE_YOUNGER,
  RECORD_CHANGE,
  REVOKE_LINKS_FROM,
  REVOKE_YOUNGER_LINKS,
} from './email-changes.queries.js';

/** The revert link for the notice to the previous holder. */
export interface RevertLink {
  token: string;
  expiresAt: Date;
}

export interface EmailChange {
  id: string;
  userId: string;
  /** Null if there was no verified old address; then the verified phone was notified. */
  oldEmail: string | null;
  heldSince: Date;
}

const PURPOSE = 'email-change-revert';
/** 128 bits, so that the text of an SMS stays short. */
const SMS_SECRET_BYTES = 16;

/**
 * E-mail changes that the previous holder of the account can revert for EMAIL_CHANGE_REVERT_SECONDS. Each change has
 * its own links. A claim is as old as the address has been the account's: an older claim reverts what younger ones
 * changed and revokes their links, never the reverse. An attacker's second change, revert or recovery therefore leaves
 * the owner's link valid.
 */
@Injectable()
export class EmailChangesService {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Issues the revert link for the notice about a change; `user` is the state before it. Returns null if no identifier
   * is verified: an unverified address may belong to a stranger, who must not be able to revert the change.
   */
  async issueLink(
    tx: Transaction,
    user: User,
    newEmail: string,
    stage: 'requested' | 'done',
  ): Promise<RevertLink | null> {
    const holder = holderOf(user);
    if (!holder) return null;
    const ttlSeconds = this.config.EMAIL_CHANGE_REVERT_SECONDS;
    const change = await tx.one<{ id: string }>(RECORD_CHANGE, [
      newId(),
      user.id,
      holder.email,
      holder.since,
      newEmail,
      ttlSeconds,
      stage === 'done',
    ]);
    if (!change) return null;
    return this.secrets.issue(tx, {
      purpose: PURPOSE,
      subjectId: change.id,
      ttlSeconds,
      // The link in the notice of the request stays valid beside the one in the notice of the change
      keepsOlder: true,
      ...(holder.email === null && { bytes: SMS_SECRET_BYTES }),
    });
  }

  /** Does not spend the link. Throws RevertTokenInvalid. */
  async find(token: string): Promise<EmailChange> {
    const secret = await this.secrets.find(PURPOSE, token);
    if (secret?.state !== 'open') throw new RevertTokenInvalid();
    const change = await this.database.autocommit.one<EmailChange>(FIND_CHANGE, [secret.subjectId]);
    if (!change) throw new RevertTokenInvalid();
    return change;
  }

  /**
   * Spends the link and revokes all links of the same claim and of younger ones. Of any number of parallel calls, one
   * succeeds; the others throw RevertTokenInvalid. Returns when the first of the reverted changes was requested.
   */
  async spend(tx: Transaction, token: string, { userId, heldSince }: EmailChange): Promise<Date> {
    if (!(await this.secrets.spend(tx, PURPOSE, token))) throw new RevertTokenInvalid();
    const first = await tx.one<{ requestedAt: Date | null }>(FIND_FIRST_REQUEST, [userId, heldSince]);
    await tx.execute(REVOKE_LINKS_FROM, [userId, heldSince]);
    return first?.requestedAt ?? heldSince;
  }

  /**
   * The account was recovered by a verified identifier: later holders, who came by a change of the e-mail address, can
   * no longer revert any change, including changes the recovered account makes from now on.
   */
  async recovered(tx: Transaction, user: User, { kind, value }: Identifier): Promise<void> {
    const since = kind === 'email' ? await this.heldSince(tx, user, value) : user.phoneVerifiedAt;
    if (!since) return;
    await tx.execute(REVOKE_YOUNGER_LINKS, [user.id, since]);
    await tx.execute(OVERRULE_YOUNGER, [user.id, since, kind === 'email' ? value : null]);
  }

  private async heldSince(
    tx: Transaction,
    { id, emailVerifiedAt }: User,
    email: string,
  ): Promise<Date | null> {
    if (!emailVerifiedAt) return null;
    const held = await tx.one<{ heldSince: Date }>(FIND_HELD_SINCE, [id, email, emailVerifiedAt]);
    return held?.heldSince ?? emailVerifiedAt;
  }
}

/**
 * The verified identifier whose holder may revert a change: the e-mail address, or else the phone; null if neither is
 * verified.
 */
function holderOf(user: User): { email: string | null; since: Date } | null {
  if (user.email !== null && user.emailVerifiedAt) return { email: user.email, since: user.emailVerifiedAt };
  return user.phone !== null && user.phoneVerifiedAt ? { email: null, since: user.phoneVerifiedAt } : null;
}

import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { SecretsService } from '../secrets/secrets.service.js';
import {
  FIND_CHANGE,
  FIND_FIRST_REQUEST,
  FIND_HELD_SINCE,
  NOTE_CHANGE,
  OVERRULE_YOUNGER,
  VOID_LINKS_FROM,
  VOID_YOUNGER_LINKS,
} from './email-changes.queries.js';
import type { User } from './entities/user.entity.js';
import { RevertTokenInvalid } from './users.errors.js';

/** For the message to whoever held the account before the change. */
export interface RevertLink {
  token: string;
  expiresAt: Date;
}

export interface EmailChange {
  id: string;
  userId: string;
  /** Null where there was none, or one that was not verified: then the verified phone was told. */
  oldEmail: string | null;
  heldSince: Date;
}

const PURPOSE = 'email-change-revert';
/** Of an SMS, so that the text stays short. */
const SMS_SECRET_BYTES = 16;

/**
 * Changes of the e-mail address that whoever held the account before may take back, for EMAIL_CHANGE_REVERT_SECONDS. Each
 * has links of its own, and a claim as old as the address is the account's: a link undoes what younger ones did, and voids
 * theirs, never the other way round. So a thief's second change, reversal or recovery leaves the owner's link alone.
 */
@Injectable()
export class EmailChangesService {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The link for the message about a change of `user`, as they are before it. Null where nobody may take it back: an
   * address that was never verified may be a stranger's.
   */
  async issueLink(
    tx: Tx,
    user: User,
    newEmail: string,
    stage: 'wanted' | 'done',
  ): Promise<RevertLink | null> {
    const holder = holderOf(user);
    if (!holder) return null;
    const ttlSeconds = this.config.EMAIL_CHANGE_REVERT_SECONDS;
    const [change] = await tx.query<{ id: string }[]>(NOTE_CHANGE, [
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
      // The one in the first message stays good beside the one in the second
      keepsOlder: true,
      ...(holder.email === null && { bytes: SMS_SECRET_BYTES }),
    });
  }

  /** Looks without spending. Throws RevertTokenInvalid. */
  async find(token: string): Promise<EmailChange> {
    const secret = await this.secrets.find(PURPOSE, token);
    if (secret?.state !== 'open') throw new RevertTokenInvalid();
    const [change] = await this.database.manager.query<EmailChange[]>(FIND_CHANGE, [secret.subjectId]);
    if (!change) throw new RevertTokenInvalid();
    return change;
  }

  /**
   * Uses the link up, and all that the same holder and younger ones have: of any number of parallel calls one succeeds,
   * the others throw RevertTokenInvalid. Returns when the first of the changes was wanted that are undone.
   */
  async spend(tx: Tx, token: string, { userId, heldSince }: EmailChange): Promise<Date> {
    if (!(await this.secrets.spend(tx, PURPOSE, token))) throw new RevertTokenInvalid();
    const [first] = await tx.query<{ requestedAt: Date | null }[]>(FIND_FIRST_REQUEST, [userId, heldSince]);
    await tx.query(VOID_LINKS_FROM, [userId, heldSince]);
    return first?.requestedAt ?? heldSince;
  }

  /**
   * The account was recovered by a verified identifier: whoever came to it later by a change of the e-mail address takes
   * nothing back any more, also not what the recovered account changes from now on.
   */
  async recovered(tx: Tx, user: User, { kind, value }: Identifier): Promise<void> {
    const since = kind === 'email' ? await this.heldSince(tx, user, value) : user.phoneVerifiedAt;
    if (!since) return;
    await tx.query(VOID_YOUNGER_LINKS, [user.id, since]);
    await tx.query(OVERRULE_YOUNGER, [user.id, since, kind === 'email' ? value : null]);
  }

  private async heldSince(tx: Tx, { id, emailVerifiedAt }: User, email: string): Promise<Date | null> {
    if (!emailVerifiedAt) return null;
    const [held] = await tx.query<{ heldSince: Date }[]>(FIND_HELD_SINCE, [id, email, emailVerifiedAt]);
    return held?.heldSince ?? emailVerifiedAt;
  }
}

/** Who may take back what becomes of the account's e-mail address: it, or else the phone, if it is verified. */
function holderOf(user: User): { email: string | null; since: Date } | null {
  if (user.email !== null && user.emailVerifiedAt) return { email: user.email, since: user.emailVerifiedAt };
  return user.phone !== null && user.phoneVerifiedAt ? { email: null, since: user.phoneVerifiedAt } : null;
}

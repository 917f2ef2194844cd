import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import type { Identifier } from '../../common/identifiers.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { isUniqueViolation } from '../../database/violations.js';
import { UserEntity } from './entities/user.entity.js';
import { EmailTaken, PhoneTaken } from './users.errors.js';

type Kind = Identifier['kind'];

/** At least one of e-mail and phone, in canonical form. */
export interface NewUser {
  email?: string;
  emailVerified?: boolean;
  /** An address that becomes theirs once its link is opened, even if another account holds it unverified. */
  pendingEmail?: string;
  phone?: string;
  phoneVerified?: boolean;
  firstName: string;
  lastName: string;
}

/** What a person changes of their own profile; absent fields keep their values. */
export type ProfileFields = Partial<
  Pick<
    UserEntity,
    'firstName' | 'lastName' | 'avatar' | 'pendingEmail' | 'locale' | 'timeZone' | 'publicMetadata'
  >
>;

/** People and their identifiers. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** Throws EmailTaken or PhoneTaken if any account holds the identifier, verified or not. */
  async insert(tx: Transaction, { id, ...input }: NewUser & { id: string }): Promise<UserEntity> {
    const { email = null, phone = null, pendingEmail = null, firstName, lastName } = input;
    const verified = [input.emailVerified ?? false, input.phoneVerified ?? false];
    const values = [id, email, pendingEmail, phone, firstName, lastName, ...verified];
    const user = await tx.one<UserEntity>(INSERT_USER, values);
    if (user) return user;
    throw email !== null && (await tx.manager.existsBy(UserEntity, { email }))
      ? new EmailTaken()
      : new PhoneTaken();
  }

  findActiveBy({ kind, value }: Identifier): Promise<UserEntity | null> {
    return this.database.autocommit.one<UserEntity>(FIND_ACTIVE_BY[kind], [value]);
  }

  /**
   * The user to send a recovery link or code; with a slug, only if they are a member of that tenant. Includes an account
   * that holds the identifier unverified, even while it is being deleted: if the identifier cannot recover it,
   * verification removes the identifier from it.
   */
  findToRecover({ kind, value }: Identifier, tenantSlug: string | null): Promise<UserEntity | null> {
    return this.database.autocommitAcrossTenants.one<UserEntity>(FIND_TO_RECOVER[kind], [value, tenantSlug]);
  }

  /** Whether another account has verified the address. */
  isVerifiedByAnother(tx: Transaction, email: string, userId: string): Promise<boolean> {
    return tx.manager.existsBy(UserEntity, { email, id: Not(userId), emailVerifiedAt: Not(IsNull()) });
  }

  /** Locks the user until the transaction ends. Null if the account is not active. */
  lockActive(tx: Transaction, id: string): Promise<UserEntity | null> {
    return tx.one<UserEntity>(LOCK_ACTIVE, [id]);
  }

  /** As `lockActive`, including an account that is being deleted. */
  lockWithLeaving(tx: Transaction, id: string): Promise<UserEntity | null> {
    return tx.one<UserEntity>(LOCK_WITH_LEAVING, [id]);
  }

  /** Locks the account that holds the identifier, verified or not, whatever its status. */
  lockHolder(tx: Transaction, { kind, value }: Identifier): Promise<UserEntity | null> {
    return tx.one<UserEntity>(LOCK_HOLDER[kind], [value]);
  }

  async update(tx: Transaction, id: string, changes: ProfileFields): Promise<void> {
    await tx.manager.update(UserEntity, { id }, { ...changes, updatedAt: () => 'now()' });
  }

  /** As `update`, with the claimed e-mail address. Throws EmailTaken if any account holds that. */
  async updateWithEmail(
    tx: Transaction,
    id: string,
    changes: ProfileFields & Pick<UserEntity, 'email'>,
  ): Promise<void> {
    await refuseTaken(tx.manager.update(UserEntity, { id }, { ...changes, updatedAt: () => 'now()' }));
  }

  /**
   * Makes the verified identifier the user's; an e-mail address takes the place of a pending one. Returns when it was
   * verified. Throws EmailTaken or PhoneTaken if another account holds it.
   */
  async setVerified(tx: Transaction, id: string, { kind, value }: Identifier): Promise<Date> {
    const row = await refuseTaken(tx.one<{ verifiedAt: Date }>(SET_VERIFIED[kind], [id, value]));
    if (!row) throw new Error('The user of a verified identifier does not exist');
    return row.verifiedAt;
  }

  /** Removes the identifier that the user claims but has not verified. */
  async removeClaim(tx: Transaction, id: string, kind: Kind): Promise<void> {
    await tx.manager.update(UserEntity, { id }, { [kind]: null });
  }

  /** Removes all identifiers that the user claims, but the one of this kind, and what the user chose to say of themselves. */
  async removeOtherClaims(tx: Transaction, id: string, kept: Kind): Promise<void> {
    const other = kept === 'email' ? 'phone' : 'email';
    await tx.manager.update(UserEntity, { id }, { [other]: null, pendingEmail: null, ...NOTHING_CHOSEN });
  }

  /** Removes the e-mail address, verified or not, and the pending one. */
  async removeEmail(tx: Transaction, id: string): Promise<void> {
    await tx.manager.update(UserEntity, { id }, { email: null, emailVerifiedAt: null, pendingEmail: null });
  }
}

const NOTHING_CHOSEN = { locale: null, timeZone: null, publicMetadata: {} };

async function refuseTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error, 'users_email_key')) throw new EmailTaken();
    if (isUniqueViolation(error)) throw new PhoneTaken();
    throw error;
  }
}

const COLUMNS = `
  u.id, u.email, u.email_verified_at AS "emailVerifiedAt", u.pending_email AS "pendingEmail", u.phone,
  u.phone_verified_at AS "phoneVerifiedAt", u.first_name AS "firstName", u.last_name AS "lastName", u.avatar, u.locale, u.time_zone AS "timeZone",
  u.public_metadata AS "publicMetadata", u.status,
  u.created_at AS "createdAt", u.updated_at AS "updatedAt"`;

/** $1 id, $2 e-mail, $3 pending e-mail, $4 phone, each or null, $5 first and $6 last name; verified: $7 e-mail, $8 phone. */
const INSERT_USER = {
  name: 'insert-user',
  text: `
    INSERT INTO users AS u
      (id, email, pending_email, phone, first_name, last_name, email_verified_at, phone_verified_at)
    VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7::boolean THEN now() END, CASE WHEN $8::boolean THEN now() END)
    ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
};

/** $1 id. */
const FIND_ACTIVE = {
  name: 'find-active-user',
  text: `SELECT ${COLUMNS} FROM users u WHERE u.id = $1 AND u.status = 'active'`,
};

const LOCK_ACTIVE = { name: 'lock-active-user', text: `${FIND_ACTIVE.text} FOR NO KEY UPDATE` };

/** $1 id. */
const LOCK_WITH_LEAVING = {
  name: 'lock-user-with-leaving',
  text: `SELECT ${COLUMNS} FROM users u WHERE u.id = $1 AND u.status IN ('active', 'leaving') FOR NO KEY UPDATE`,
};

/** $1 identifier. */
const FIND_ACTIVE_BY = ofEachKind('find-active-user-by', (kind) => {
  return `SELECT ${COLUMNS} FROM users u WHERE u.${kind} = $1 AND u.status = 'active'`;
});

/** $1 identifier. */
const LOCK_HOLDER = ofEachKind('lock-holder-by', (kind) => {
  return `SELECT ${COLUMNS} FROM users u WHERE u.${kind} = $1 FOR NO KEY UPDATE`;
});

/** $1 identifier, $2 slug or null. */
const FIND_TO_RECOVER = ofEachKind('find-user-to-recover-by', (kind) => {
  return `
    SELECT ${COLUMNS} FROM users u
    WHERE u.${kind} = $1 AND (u.status = 'active' OR (u.status = 'leaving' AND u.${kind}_verified_at IS NULL))
      AND ($2::text IS NULL OR EXISTS (
        SELECT 1 FROM memberships m JOIN tenants t ON t.id = m.tenant_id
        WHERE m.user_id = u.id AND t.slug = $2))`;
});

/** $1 id, $2 identifier. Not `now()`: the transaction may have waited, and claims are compared by their age. */
const SET_VERIFIED = ofEachKind('set-verified', (kind) => {
  return `
    UPDATE users SET ${kind} = $2, ${kind}_verified_at = clock_timestamp()${kind === 'email' ? ', pending_email = NULL' : ''}
    WHERE id = $1 RETURNING ${kind}_verified_at AS "verifiedAt"`;
});

function ofEachKind(name: string, textOf: (kind: Kind) => string): Record<Kind, Statement> {
  return {
    email: { name: `${name}-email`, text: textOf('email') },
    phone: { name: `${name}-phone`, text: textOf('phone') },
  };
}

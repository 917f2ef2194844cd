import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { User } from './entities/user.entity.js';
import { EmailTaken, PhoneTaken } from './users.errors.js';
import { FIND_HOLDER_TO_RECOVER } from './verified-identifiers.js';

/** A valid id that belongs to no user, so that an unknown user costs the same look-up. */
const NO_USER_ID = '00000000-0000-0000-0000-000000000000';

const UNIQUE_VIOLATION = '23505';

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

/** Users and their identifiers, which are in canonical form throughout. */
@Injectable()
export class UsersService {
  constructor(private readonly database: Database) {}

  /**
   * Throws EmailTaken or PhoneTaken if any account holds the identifier, verified or not; safe under parallel calls.
   */
  async create(tx: Transaction, input: NewUser): Promise<User> {
    const now = new Date();
    const user: User = {
      id: newId(),
      email: input.email ?? null,
      emailVerifiedAt: input.emailVerified ? now : null,
      pendingEmail: input.pendingEmail ?? null,
      phone: input.phone ?? null,
      phoneVerifiedAt: input.phoneVerified ? now : null,
      firstName: input.firstName,
      lastName: input.lastName,
      avatar: null,
      status: 'active',
      createdAt: now,
      updatedAt: now,
    };
    const inserted = await tx.manager
      .createQueryBuilder()
      .insert()
      .into(User)
      .values(user)
      .orIgnore()
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length > 0) return user;
    throw user.email !== null && (await tx.manager.existsBy(User, { email: user.email }))
      ? new EmailTaken()
      : new PhoneTaken();
  }

  /**
   * Gives an emptied account (`IdentifierVerificationService`) the names of its new owner, and the other address they
   * gave beside the verified identifier. Throws EmailTaken.
   */
  async fill(
    tx: Transaction,
    user: User,
    { firstName, lastName, email, pendingEmail }: NewUser,
  ): Promise<User> {
    const addresses = { email: user.email ?? email ?? null, pendingEmail: pendingEmail ?? null };
    const changes = { firstName, lastName, ...addresses };
    await this.setIdentifiers(tx, user.id, { ...changes, updatedAt: new Date() });
    return { ...user, ...changes };
  }

  /** Throws EmailTaken or PhoneTaken if another account holds the identifier; safe under parallel calls. */
  async setIdentifiers(tx: Transaction, id: string, changes: Partial<User>): Promise<void> {
    try {
      await tx.manager.update(User, { id }, changes);
    } catch (error) {
      const { code, constraint } =
        (error as { driverError?: { code?: string; constraint?: string } }).driverError ?? {};
      if (code !== UNIQUE_VIOLATION) throw error;
      throw constraint === 'users_email_key' ? new EmailTaken() : new PhoneTaken();
    }
  }

  findById(id: string): Promise<User | null> {
    return this.database.autocommit.manager.findOneBy(User, { id, status: 'active' });
  }

  /** The active account that holds the identifier, verified or not. */
  findByIdentifier({ kind, value }: Identifier): Promise<User | null> {
    return this.database.autocommit.manager.findOneBy(User, { [kind]: value, status: 'active' });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.findByIdentifier({ kind: 'email', value: email });
  }

  /**
   * The account to send recovery instructions for the identifier (FIND_HOLDER_TO_RECOVER), including one that is being
   * deleted.
   */
  async findHolderToRecover({ kind, value }: Identifier, tenantSlug: string | null): Promise<User | null> {
    const [found] = await this.database.autocommitAcrossTenants.many<{ id: string }>(
      FIND_HOLDER_TO_RECOVER[kind],
      [value, tenantSlug],
    );
    return this.database.autocommit.manager.findOneBy(User, { id: found?.id ?? NO_USER_ID });
  }

  /**
   * Locks the user until the transaction ends, which serialises sign-ins, recoveries and changes of one account. Null
   * if the account is not active.
   */
  lock(tx: Transaction, id: string): Promise<User | null> {
    return tx.manager.findOne(User, { where: { id, status: 'active' }, lock: { mode: 'for_no_key_update' } });
  }

  /** As `lock`, including an account that is being deleted, which cannot be restored meanwhile. */
  lockWithLeaving(tx: Transaction, id: string): Promise<User | null> {
    return tx.manager.findOne(User, {
      where: { id, status: In(['active', 'leaving']) },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** Locks the account that holds the identifier, verified or not, whatever its status. */
  lockHolder(tx: Transaction, { kind, value }: Identifier): Promise<User | null> {
    return tx.manager.findOne(User, { where: { [kind]: value }, lock: { mode: 'for_no_key_update' } });
  }

  async update(
    tx: Transaction,
    id: string,
    changes: Partial<Pick<User, 'firstName' | 'lastName' | 'avatar' | 'pendingEmail'>>,
  ) {
    await tx.manager.update(User, { id }, { ...changes, updatedAt: new Date() });
  }
}

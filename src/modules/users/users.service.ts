import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import { Database, type Tx } from '../../database/database.js';
import { User } from './entities/user.entity.js';
import { FIND_HOLDER_TO_RECOVER } from './verified-identifiers.js';
import { EmailTaken, PhoneTaken } from './users.errors.js';

/** A well-formed id nobody has, so that an unknown person costs the same look-up. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

const UNIQUE_VIOLATION = '23505';

/** At least one of e-mail and phone, in canonical form. */
export interface NewUser {
  email?: string;
  emailVerified?: boolean;
  /** An address that becomes theirs once its link is opened: whoever has it meanwhile. */
  pendingEmail?: string;
  phone?: string;
  phoneVerified?: boolean;
  firstName: string;
  lastName: string;
}

/** People and the identifiers they are known by, which come in and go out in canonical form. */
@Injectable()
export class UsersService {
  constructor(private readonly database: Database) {}

  /** Throws EmailTaken or PhoneTaken where anybody, proven or not, holds it; safe under parallel calls. */
  async create(tx: Tx, input: NewUser): Promise<User> {
    const now = new Date();
    const user = Object.assign(new User(), {
      id: newId(),
      email: input.email ?? null,
      emailVerifiedAt: input.emailVerified ? now : null,
      pendingEmail: input.pendingEmail ?? null,
      phone: input.phone ?? null,
      phoneVerifiedAt: input.phoneVerified ? now : null,
      firstName: input.firstName,
      lastName: input.lastName,
      avatar: null,
      status: 'active' as const,
      createdAt: now,
      updatedAt: now,
    });
    const inserted = await tx
      .createQueryBuilder()
      .insert()
      .into(User)
      .values(user)
      .orIgnore()
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length > 0) return user;
    throw user.email !== null && (await tx.existsBy(User, { email: user.email }))
      ? new EmailTaken()
      : new PhoneTaken();
  }

  /**
   * Gives an emptied account (`IdentifierVerificationService`) the names of its new owner, and the address beside what
   * they verified. Throws EmailTaken.
   */
  async fill(tx: Tx, user: User, { firstName, lastName, email, pendingEmail }: NewUser): Promise<User> {
    const addresses = { email: user.email ?? email ?? null, pendingEmail: pendingEmail ?? null };
    const changes = { firstName, lastName, ...addresses };
    await this.setIdentifiers(tx, user.id, { ...changes, updatedAt: new Date() });
    return { ...user, ...changes };
  }

  /** Throws EmailTaken or PhoneTaken where anybody else holds it, also since this very moment. */
  async setIdentifiers(tx: Tx, id: string, changes: Partial<User>): Promise<void> {
    try {
      await tx.update(User, { id }, changes);
    } catch (error) {
      const { code, constraint } =
        (error as { driverError?: { code?: string; constraint?: string } }).driverError ?? {};
      if (code !== UNIQUE_VIOLATION) throw error;
      throw constraint === 'users_email_key' ? new EmailTaken() : new PhoneTaken();
    }
  }

  findById(id: string): Promise<User | null> {
    return this.database.manager.findOneBy(User, { id, status: 'active' });
  }

  /** Whoever holds the identifier, proven or not. */
  findByIdentifier({ kind, value }: Identifier): Promise<User | null> {
    return this.database.manager.findOneBy(User, { [kind]: value, status: 'active' });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.findByIdentifier({ kind: 'email', value: email });
  }

  /** Whoever holds the identifier and is told how to go on with it (FIND_HOLDER_TO_RECOVER), also while they leave. */
  async findHolderToRecover({ kind, value }: Identifier, tenantSlug: string | null): Promise<User | null> {
    const [found] = await this.database.runAcrossTenants<{ id: string }>(FIND_HOLDER_TO_RECOVER[kind], [
      value,
      tenantSlug,
    ]);
    return this.database.manager.findOneBy(User, { id: found?.id ?? NOBODY });
  }

  /**
   * Locks the person until the transaction ends: sign-ins, recoveries and changes of one account happen one after
   * the other. Null where the account is gone.
   */
  lock(tx: Tx, id: string): Promise<User | null> {
    return tx.findOne(User, { where: { id, status: 'active' }, lock: { mode: 'for_no_key_update' } });
  }

  /** As `lock`, also for one whose account is on its way out: nothing brings it back meanwhile. */
  lockWithLeaving(tx: Tx, id: string): Promise<User | null> {
    return tx.findOne(User, {
      where: { id, status: In(['active', 'leaving']) },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** Locks whoever holds the identifier, verified or not, as `lock` does; also one whose account is not active. */
  lockHolder(tx: Tx, { kind, value }: Identifier): Promise<User | null> {
    return tx.findOne(User, { where: { [kind]: value }, lock: { mode: 'for_no_key_update' } });
  }

  async update(
    tx: Tx,
    id: string,
    changes: Partial<Pick<User, 'firstName' | 'lastName' | 'avatar' | 'pendingEmail'>>,
  ) {
    await tx.update(User, { id }, { ...changes, updatedAt: new Date() });
  }
}

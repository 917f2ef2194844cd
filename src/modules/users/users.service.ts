import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Database, type Tx } from '../../database/database.js';
import { User } from './entities/user.entity.js';
import { EmailTaken } from './users.errors.js';

/** A well-formed id nobody has, so that an unknown person costs the same look-up. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface NewUser {
  email: string;
  firstName: string;
  lastName: string;
  emailVerified: boolean;
}

/** People and the identifiers they are known by. E-mail addresses come in and go out in canonical form. */
@Injectable()
export class UsersService {
  constructor(private readonly database: Database) {}

  /** Throws EmailTaken where anybody, proven or not, holds the address; safe under parallel calls. */
  async create(tx: Tx, input: NewUser): Promise<User> {
    const now = new Date();
    const user = Object.assign(new User(), {
      id: newId(),
      email: input.email,
      emailVerifiedAt: input.emailVerified ? now : null,
      pendingEmail: null,
      phone: null,
      phoneVerifiedAt: null,
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
    if ((inserted.raw as unknown[]).length === 0) throw new EmailTaken();
    return user;
  }

  findById(id: string): Promise<User | null> {
    return this.database.manager.findOneBy(User, { id, status: 'active' });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.database.manager.findOneBy(User, { email, status: 'active' });
  }

  /** Whom a recovery by this address is for: where a tenant is named, a member of it. */
  async findRecoverable(email: string, tenantSlug: string | null): Promise<User | null> {
    const [found] = await this.database.run<{ id: string }>(
      {
        name: 'find-recoverable-user',
        text: `SELECT u.id FROM users u WHERE u.email = $1 AND u.status = 'active' AND ($2::text IS NULL OR EXISTS (
                 SELECT 1 FROM memberships m JOIN tenants t ON t.id = m.tenant_id
                 WHERE m.user_id = u.id AND t.slug = $2))`,
      },
      [email, tenantSlug],
    );
    return this.findById(found?.id ?? NOBODY);
  }

  /**
   * Locks the person until the transaction ends: sign-ins, recoveries and changes of one account happen one after
   * the other. Null where the account is gone.
   */
  lock(tx: Tx, id: string): Promise<User | null> {
    return tx.findOne(User, { where: { id, status: 'active' }, lock: { mode: 'for_no_key_update' } });
  }

  async update(
    tx: Tx,
    id: string,
    changes: Partial<Pick<User, 'firstName' | 'lastName' | 'avatar' | 'pendingEmail'>>,
  ) {
    await tx.update(User, { id }, { ...changes, updatedAt: new Date() });
  }
}

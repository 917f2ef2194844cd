import { Injectable } from '@nestjs/common';
import { v4 as randomId } from 'uuid';
import type { Actor } from '../../common/actor.js';
import type { Metadata } from '../../common/metadata.js';
import { NotChangeable } from '../../common/validation-failed.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { encodeAvatar } from '../users/avatar-image.js';
import { AvatarsRepository } from '../users/avatars.repository.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UserGone } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { EmailChangesService } from './email-changes.service.js';

export interface ProfileChanges {
  firstName?: string;
  lastName?: string;
  /** Canonical. Pending until its link is opened. Null leaves an account without an address as it is. */
  email?: string | null;
  /** Null removes it. */
  locale?: string | null;
  /** Null removes it. */
  timeZone?: string | null;
  metadata?: { public?: Metadata };
}

/** Changes of users to their own profile. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly changes: EmailChangesService,
    private readonly avatars: AvatarsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * If the e-mail changes, the caller must have reauthenticated the user (`ReauthenticationService`). Throws NotChangeable
   * for the removal of an address.
   */
  async update(actor: Actor, changes: ProfileChanges): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, actor.userId);
      if (!user) throw new UserGone();
      await this.apply(tx, actor, user, changes);
    });
  }

  /** As `update`, with the user locked already. */
  async apply(tx: Transaction, actor: Actor, user: UserEntity, changes: ProfileChanges): Promise<void> {
    const { email, metadata, ...fields } = changes;
    if (email === null && user.email !== null) throw new NotChangeable('#/email', 'cannot be removed');
    await this.users.update(tx, user.id, { ...fields, publicMetadata: metadata?.public });
    if (email && email !== user.email) await this.changes.request(tx, actor, user, email);
    if (email && email === user.email) await this.users.update(tx, user.id, { pendingEmail: null });
    const given = Object.keys(changes).filter((name) => name !== 'email' || email);
    await this.recordUpdate(tx, actor, given);
  }

  /**
   * Replaces the picture and returns its file name. Throws AvatarInvalid, AvatarTooLarge or AvatarQueueFull, and then
   * keeps the old one.
   */
  async setAvatar(actor: Actor, image: Buffer): Promise<string> {
    const encoded = await encodeAvatar(image);
    const name = `${randomId()}.jpg`;
    await this.changeAvatar(actor, name, (tx, userId) =>
      this.avatars.replace(tx, { userId, name, image: encoded }),
    );
    return name;
  }

  async removeAvatar(actor: Actor): Promise<void> {
    await this.changeAvatar(actor, null, (tx, userId) => this.avatars.delete(tx, userId));
  }

  /** The JPEG, or null. */
  readAvatar(name: string): Promise<Buffer | null> {
    return this.avatars.find(this.database.autocommit, name);
  }

  private async changeAvatar(
    actor: Actor,
    name: string | null,
    change: (tx: PeopleTransaction, userId: string) => Promise<void>,
  ): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, actor.userId);
      if (!user) throw new UserGone();
      await this.users.update(tx, user.id, { avatar: name });
      await change(tx, user.id);
      await this.recordUpdate(tx, actor, ['avatar']);
    });
  }

  private recordUpdate(tx: Transaction, actor: Actor, fields: string[]): Promise<void> {
    return this.audit.record(tx, actor.origin, {
      action: 'user.updated',
      tenantId: actor.session.membership?.tenant.id ?? null,
      actorId: actor.userId,
      target: { kind: 'user', id: actor.userId },
      detail: { fields },
    });
  }
}

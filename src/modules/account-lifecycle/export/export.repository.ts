import { Injectable } from '@nestjs/common';
import type { PeopleTransaction } from '../../../database/transaction.js';
import { AvatarsRepository } from '../../users/avatars.repository.js';
import { UserEntity } from '../../users/entities/user.entity.js';
import { AccountSectionsRepository } from './account-sections.repository.js';
import { ActivitySectionsRepository } from './activity-sections.repository.js';
import type { ExportedPerson } from './exported-person.js';

/** Reads everything about a person but their messages. */
@Injectable()
export class ExportRepository {
  constructor(
    private readonly account: AccountSectionsRepository,
    private readonly activity: ActivitySectionsRepository,
    private readonly avatars: AvatarsRepository,
  ) {}

  /** All later statements of the transaction read the database as it is at the first of them. Call it first. */
  async beginSnapshot(tx: PeopleTransaction): Promise<void> {
    await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  }

  /** Null if the account is not active. */
  findUser(tx: PeopleTransaction, id: string): Promise<UserEntity | null> {
    return tx.manager.findOneBy(UserEntity, { id, status: 'active' });
  }

  /** The sections by name, in their order, without any secret. */
  async readSections(tx: PeopleTransaction, person: ExportedPerson): Promise<Record<string, unknown>> {
    return { ...(await this.account.read(tx, person)), ...(await this.activity.read(tx, person)) };
  }

  /** The JPEG, or null. */
  async readPicture(tx: PeopleTransaction, { avatar }: UserEntity): Promise<Buffer | null> {
    return avatar === null ? null : this.avatars.find(tx, avatar);
  }
}

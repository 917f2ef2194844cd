import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queries, Statement } from '../../database/queries.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AvatarEntity } from './entities/avatar.entity.js';

export type Avatar = Pick<AvatarEntity, 'userId' | 'name' | 'image'>;

const NAME = /^[0-9a-f-]{36}\.jpg$/;

/** Whether a picture can have this name. */
export function isAvatarName(name: string): boolean {
  return NAME.test(name);
}

/** The pictures of people, at most one each. */
@Injectable()
export class AvatarsRepository {
  constructor(private readonly database: Database) {}

  /** Null if no picture has the name. Runs no statement for a name that no picture can have. */
  async find(tx: Queries, name: string): Promise<Buffer | null> {
    if (!isAvatarName(name)) return null;
    const avatar = await tx.one<{ image: Buffer }>(FIND, [name]);
    return avatar?.image ?? null;
  }

  /** Replaces the person's picture, if there is one. The caller sets `users.avatar` in the same transaction. */
  async replace(tx: PeopleTransaction, { userId, name, image }: Avatar): Promise<void> {
    await tx.execute(REPLACE, [userId, name, image]);
  }

  /** The caller sets `users.avatar` to null in the same transaction. */
  async delete(tx: PeopleTransaction, userId: string): Promise<void> {
    await tx.manager.delete(AvatarEntity, { userId });
  }

  /** The owners of these names by `users.avatar`, whether or not the picture is stored. Reads all people. */
  async findOwners(names: string[]): Promise<Map<string, string>> {
    const owners = await this.database.autocommit.many<{ id: string; name: string }>(FIND_OWNERS, [names]);
    return new Map(owners.map(({ id, name }) => [name, id]));
  }

  /** Adds the picture if its person still has this name and no picture is stored. A statement by itself. */
  async insertMissing({ userId, name, image }: Avatar): Promise<void> {
    await this.database.autocommit.execute(INSERT_MISSING, [userId, name, image]);
  }
}

/** $1 name. */
const FIND: Statement = { name: 'find-avatar', text: 'SELECT image FROM avatars WHERE name = $1' };

/** $1 user, $2 name, $3 image. */
const REPLACE = `
  INSERT INTO avatars (user_id, name, image) VALUES ($1, $2, $3)
  ON CONFLICT (user_id) DO UPDATE SET name = $2, image = $3, created_at = now()`;

/** $1 names. */
const FIND_OWNERS = 'SELECT id, avatar AS name FROM users WHERE avatar = ANY ($1::text[])';

/** $1 user, $2 name, $3 image. */
const INSERT_MISSING = `
  INSERT INTO avatars (user_id, name, image) SELECT id, avatar, $3 FROM users WHERE id = $1 AND avatar = $2
  ON CONFLICT (user_id) DO NOTHING`;

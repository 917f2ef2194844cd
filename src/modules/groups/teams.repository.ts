import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import type { PageRequest } from '../../common/pagination.js';
import type { TenantReads, TenantTransaction } from '../../database/transaction.js';
import { isUniqueViolation } from '../../database/violations.js';
import { TeamEntity } from './entities/team.entity.js';
import { TeamNameTaken } from './groups.errors.js';

export type Team = Pick<TeamEntity, 'id' | 'name' | 'createdAt'>;

/** The teams of a tenant. */
@Injectable()
export class TeamsRepository {
  /** In order of creation; one more than the page, so that the caller knows whether there are more. */
  list(tx: TenantReads, { after, limit }: PageRequest): Promise<Team[]> {
    return tx.many<Team>(LIST_TEAMS, [tx.tenantId, after ?? NIL, limit + 1]);
  }

  find(tx: TenantReads, id: string): Promise<Team | null> {
    return tx.one<Team>(`${READ_TEAMS} AND id = $2`, [tx.tenantId, id]);
  }

  count(tx: TenantTransaction): Promise<number> {
    return tx.manager.countBy(TeamEntity, { tenantId: tx.tenantId });
  }

  /** Throws TeamNameTaken. */
  async insert(tx: TenantTransaction, team: { id: string; name: string }): Promise<void> {
    await withFreeName(tx.manager.insert(TeamEntity, { ...team, tenantId: tx.tenantId }));
  }

  /** Returns false if there is no such team. Throws TeamNameTaken. */
  async rename(tx: TenantTransaction, id: string, name: string): Promise<boolean> {
    const { tenantId } = tx;
    const { affected } = await withFreeName(tx.manager.update(TeamEntity, { tenantId, id }, { name }));
    return affected === 1;
  }

  /** Returns false if there is no such team. */
  async delete(tx: TenantTransaction, id: string): Promise<boolean> {
    const { affected } = await tx.manager.delete(TeamEntity, { tenantId: tx.tenantId, id });
    return affected === 1;
  }

  /** Locks the team against deletion until the transaction ends. Returns false if there is no such team. */
  async lock(tx: TenantTransaction, id: string): Promise<boolean> {
    const statement = 'SELECT FROM teams WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE';
    return (await tx.execute(statement, [tx.tenantId, id])) === 1;
  }
}

/** $1 tenant. */
const READ_TEAMS = 'SELECT id, name, created_at AS "createdAt" FROM teams WHERE tenant_id = $1';

/** $1 tenant, $2 the last team of the previous page, or NIL, $3 limit. */
const LIST_TEAMS = `${READ_TEAMS} AND id > $2 ORDER BY id LIMIT $3`;

async function withFreeName<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw new TeamNameTaken();
    throw error;
  }
}

import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';

/** A tenant in the list of a person's own tenants; the published contracts call it an organisation. */
export interface Organisation {
  id: string;
  name: string;
  slug: string;
  businessType: string | null;
  /** The key of the person's role there. */
  role: string;
  roleLevel: number;
  /** This is the session's active tenant. */
  active: boolean;
}

/** Whose tenants to read, and which of them is active in the session. */
interface Reader {
  userId: string;
  activeId: string | null;
}

/** Reads the tenants in which a person's membership is active. */
@Injectable()
export class OrganisationsRepository {
  /** Requests of the same tick share one statement; no result is kept. */
  private readonly lists = new DataLoader<string, Row[]>((userIds) => this.readAll(userIds), {
    cache: false,
    maxBatchSize: 256,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  });

  constructor(private readonly database: Database) {}

  /** In order of joining. */
  async list(reader: Reader): Promise<Organisation[]> {
    const rows = await this.lists.load(reader.userId);
    return rows.map((row) => toOrganisation(row, reader));
  }

  async find(tx: PeopleTransaction, reader: Reader, tenantId: string): Promise<Organisation | null> {
    const row = await tx.one<Row>(FIND_ORGANISATION, [reader.userId, tenantId]);
    return row && toOrganisation(row, reader);
  }

  private async readAll(userIds: readonly string[]): Promise<Row[][]> {
    const across = this.database.autocommitAcrossTenants;
    const lists = new Map<string, Row[]>(userIds.map((id) => [id, []]));
    for (const row of await across.many<Row>(LIST_ORGANISATIONS, [[...lists.keys()]]))
      lists.get(row.userId)?.push(row);
    return userIds.map((id) => lists.get(id) ?? []);
  }
}

type Row = Omit<Organisation, 'active'> & { userId: string };

function toOrganisation(row: Row, { activeId }: Reader): Organisation {
  const { id, name, slug, businessType, role, roleLevel } = row;
  return { id, name, slug, businessType, role, roleLevel, active: id === activeId };
}

const READ_ORGANISATIONS = `
  SELECT m.user_id AS "userId", t.id, t.name, t.slug, t.business_type AS "businessType", r.key AS role,
    r.level AS "roleLevel"
  FROM memberships m
  JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id`;

/** $1 people. */
const LIST_ORGANISATIONS = `
  ${READ_ORGANISATIONS} WHERE m.user_id = ANY ($1::uuid[]) AND m.status = 'active' ORDER BY m.created_at, m.id`;

/** $1 user, $2 tenant. */
const FIND_ORGANISATION = `
  ${READ_ORGANISATIONS} WHERE m.user_id = $1 AND m.status = 'active' AND t.id = $2`;

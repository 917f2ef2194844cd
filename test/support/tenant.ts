import { randomUUID } from 'node:crypto';
import type { Client, Reply } from './client.js';
import type { Account } from './given.js';
import type { TestApp } from './test-app.js';

export const MEMBERS = '/tenants/current/members';
export const ROLES = '/tenants/current/roles';

export interface MemberAnswer {
  id: string;
  email: string | null;
  phone: string | null;
  firstName: string;
  lastName: string;
  avatar: string | null;
  role: string;
  roleLevel: number;
  departmentId: string | null;
  teamIds: string[];
  assignedAgents: string[];
  locale: string | null;
  timeZone: string | null;
  metadata: { public: object; private?: object };
  status: 'active' | 'suspended';
  joinedAt: string;
}

export interface RoleAnswer {
  id: string;
  key: string;
  name: string;
  level: number;
  permissions: Record<string, Record<string, boolean>>;
  memberCount: number;
  createdAt: string;
}

export interface PageAnswer<T> {
  data: T[];
  nextCursor: string | null;
}

export interface Refused {
  code: string;
  errors?: { pointer: string; code: string }[];
}

/** A tenant with a member on every level of its template, and a second one at the top. */
export type Staff = Record<'owner' | 'peer' | 'manager' | 'user', Account>;

/** Builders and look-ups for tests of tenant administration. */
export class Tenants {
  constructor(private readonly t: TestApp) {}

  async staff(): Promise<Staff> {
    const owner = await this.t.given.tenant();
    const [peer, manager, user] = await Promise.all(
      ['admin', 'manager', 'user'].map((role) => this.t.given.member(owner, role)),
    );
    if (!peer || !manager || !user) throw new Error('Some of the staff is missing');
    return { owner, peer, manager, user };
  }

  /** The id of a role of the template. */
  async roleId(of: Account, key: string): Promise<string> {
    const sql = 'SELECT id FROM roles WHERE tenant_id = $1 AND key = $2';
    const [role] = await this.t.database.query<{ id: string }>(sql, [of.tenant.id, key]);
    if (!role) throw new Error(`No role ${key}`);
    return role.id;
  }

  /** A custom role, created by the owner. */
  async role(by: Account, role: Partial<RoleAnswer> = {}): Promise<RoleAnswer> {
    const body = { key: 'custom', name: 'Custom', level: 20, permissions: {}, ...role };
    const reply = await by.client.post<RoleAnswer>(ROLES, body);
    if (reply.status !== 201) throw new Error(`No role was created: ${reply.status} ${reply.text}`);
    return reply.body;
  }

  async member(as: Client, id: string): Promise<MemberAnswer> {
    return (await as.get<MemberAnswer>(`${MEMBERS}/${id}`)).body;
  }

  /** All stored data of a tenant, to verify that a refused request changed nothing. */
  async contents(of: Account): Promise<unknown[]> {
    const tables = [
      'SELECT * FROM tenants WHERE id = $1',
      'SELECT * FROM roles WHERE tenant_id = $1 ORDER BY id',
      'SELECT * FROM memberships WHERE tenant_id = $1 ORDER BY id',
      'SELECT * FROM team_members WHERE tenant_id = $1 ORDER BY team_id, membership_id',
    ];
    const contents: unknown[] = [];
    for (const sql of tables) contents.push(await this.t.database.query(sql, [of.tenant.id]));
    return contents;
  }

  /** The newest events of the audit trail, without their times and ids. */
  trail(of: Account, action: string) {
    return this.t.database.query<{ actor_id: string; target_id: string; detail: Record<string, unknown> }>(
      `SELECT actor_id, target_kind, target_id, detail FROM audit_events
       WHERE tenant_id = $1 AND action = $2 ORDER BY occurred_at DESC, id DESC`,
      [of.tenant.id, action],
    );
  }

  async department(of: Account): Promise<string> {
    const id = randomUUID();
    const sql = 'INSERT INTO departments (id, tenant_id, name) VALUES ($1, $2, $3)';
    await this.t.database.query(sql, [id, of.tenant.id, id]);
    return id;
  }

  async team(of: Account): Promise<string> {
    const id = randomUUID();
    const sql = 'INSERT INTO teams (id, tenant_id, name) VALUES ($1, $2, $3)';
    await this.t.database.query(sql, [id, of.tenant.id, id]);
    return id;
  }
}

/** Problems of two requests differ in nothing but the instance. */
export function withoutInstance({ status, body }: Reply<unknown>): unknown {
  return { status, body: { ...(body as object), instance: null } };
}

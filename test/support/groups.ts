import { type Account, PASSWORD, unique, uniqueEmail } from './given.js';
import type { TestApp } from './test-app.js';

/** Departments, teams and their members. */
export class Groups {
  constructor(private readonly t: TestApp) {}

  department(by: Account, name = `Department ${unique()}`): Promise<{ id: string }> {
    return this.create(by, 'departments', { name });
  }

  team(by: Account, name = `Team ${unique()}`): Promise<{ id: string }> {
    return this.create(by, 'teams', { name });
  }

  /** So many departments, each within the one before; their ids from the top. */
  async chain(by: Account, length: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < length) {
      const parentId = ids.at(-1) ?? null;
      ids.push((await this.create(by, 'departments', { name: unique(), parentId })).id);
    }
    return ids;
  }

  /** A role of the tenant; `permissions` in the form `leads.view`. */
  async role(owner: Account, key: string, level: number, ...permissions: string[]): Promise<void> {
    const map: Record<string, Record<string, boolean>> = {};
    for (const permission of permissions) {
      const [resource = '', action = ''] = permission.split('.');
      map[resource] = { ...map[resource], [action]: true };
    }
    await this.t.database.query(
      `INSERT INTO roles (id, tenant_id, key, name, level, permissions)
       VALUES (gen_random_uuid(), $1, $2, $2, $3, $4)`,
      [owner.tenant.id, key, level, map],
    );
  }

  /** The secret of a new invitation. */
  async invite(
    by: Account,
    body: { role?: string; email?: string; departmentId?: string; teamIds?: string[] } = {},
  ) {
    const { role = 'user', email = uniqueEmail('invited'), ...place } = body;
    const reply = await by.client.post('/auth/invite', { email, role, ...place });
    if (reply.status !== 201) throw new Error(`The invitation answered ${reply.status} ${reply.text}`);
    return this.t.inbox.token(email, 'invitation');
  }

  /** The new person who accepts it. */
  async accept(token: string): Promise<Account> {
    const client = this.t.client();
    const body = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
    const reply = await client.post('/auth/invite/accept', body);
    if (reply.status !== 201) throw new Error(`The acceptance answered ${reply.status} ${reply.text}`);
    const { accessToken, refreshToken, user, tenant } = reply.body;
    const known = { email: user.email, password: PASSWORD };
    return { ...known, accessToken, refreshToken, user, tenant, client: client.withToken(accessToken) };
  }

  /** A new member in this department. */
  async memberIn(by: Account, departmentId: string, role = 'user'): Promise<Account> {
    return this.accept(await this.invite(by, { role, departmentId }));
  }

  private async create(by: Account, kind: string, body: object): Promise<{ id: string }> {
    const reply = await by.client.post(`/tenants/current/${kind}`, body);
    if (reply.status !== 201) throw new Error(`${kind} answered ${reply.status} ${reply.text}`);
    return { id: reply.body.id };
  }
}

import { ERROR_CATALOGUE } from '../../src/common/error-catalogue.js';
import type { Client, Reply } from './client.js';
import type { Account } from './given.js';
import type { TestApp } from './test-app.js';

export interface ApiKeyAnswer {
  id: string;
  userId: string;
  name: string;
  description: string | null;
  /** Only in the response that issued it. */
  key: string;
  prefix: string;
  lastFour: string;
  scopes: string[];
  allowedAddresses: string[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

export interface ApiKeyPage {
  data: ApiKeyAnswer[];
  nextCursor: string | null;
}

export interface KeyUsageAnswer {
  data: { date: string; requests: number }[];
  total: number;
  lastUsedAt: string | null;
}

/** Well-formed, with a right checksum, and never issued: only the database can distinguish it. */
export const NEVER_ISSUED = 'sk_live_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg37cCQ0';

/** Builders and shortcuts for API keys. */
export class ApiKeys {
  constructor(private readonly t: TestApp) {}

  /** A new key of this person. Throws if it is refused. */
  async create(by: Account, body: Record<string, unknown> = {}): Promise<ApiKeyAnswer> {
    const reply = await by.client.post<ApiKeyAnswer>('/auth/api-keys', { name: 'CI', ...body });
    if (reply.status !== 201) throw new Error(`A builder needed a key and got ${reply.status} ${reply.text}`);
    return reply.body;
  }

  async list(by: Account, query = ''): Promise<ApiKeyPage> {
    return (await by.client.get<ApiKeyPage>(`/auth/api-keys${query}`)).body;
  }

  rotate(by: Account, id: string, body?: unknown): Promise<Reply<ApiKeyAnswer>> {
    return by.client.post<ApiKeyAnswer>(`/auth/api-keys/${id}/rotate`, body);
  }

  /** `GET /auth/me` with the key in the header for keys. */
  use(key: string, from: Client = this.t.client()): Promise<Reply> {
    return from.get('/auth/me', { token: null, headers: { 'x-api-key': key } });
  }

  async isGood(key: string): Promise<boolean> {
    const { status, body } = await this.use(key);
    if (status === 200) return true;
    if (body.code === 'api_key_invalid' && status === ERROR_CATALOGUE.api_key_invalid.status) return false;
    throw new Error(`Neither valid nor invalid: ${status} ${body.code}`);
  }

  /** Sets a policy of the tenant. */
  async setPolicy(of: Account, policy: 'require_two_factor' | 'allow_keys_without_expiry'): Promise<void> {
    await this.t.database.query(`UPDATE tenants SET ${policy} = true WHERE id = $1`, [of.tenant.id]);
  }

  async setRole(of: Account, role: string): Promise<void> {
    await this.t.database.query(
      `UPDATE memberships m SET role_id = r.id FROM roles r
       WHERE r.tenant_id = m.tenant_id AND r.key = $2 AND m.user_id = $1`,
      [of.user.id, role],
    );
  }
}

/** The response without what differs from one request to the next. */
export function bytesOf({ status, headers, body, text }: Reply<unknown>): string {
  const { instance = '' } = body as { instance?: string };
  const kept = Object.entries(headers).filter(
    ([name]) => !['date', 'keep-alive', 'x-request-id'].includes(name),
  );
  return JSON.stringify({ status, headers: kept, text: text.replace(instance, '') });
}

import type { Client, Reply } from './client.js';
import type { Account } from './given.js';
import type { TestApp } from './test-app.js';

export const SERVICE_ACCOUNTS = '/tenants/current/service-accounts';
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export interface ServiceAccountAnswer {
  id: string;
  name: string;
  scopes: string[];
  lastFour: string | null;
  jwks: object | null;
  createdAt: string;
  lastUsedAt: string | null;
  /** Only in the response that issued it. */
  clientSecret: string | null;
}

export interface TokenAnswer {
  access_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
  error: string;
  error_description: string;
}

/** RFC 6749 §2.3.1 */
export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

/** Builders for service accounts. */
export class ServiceAccounts {
  constructor(private readonly t: TestApp) {}

  /** A new account of this administrator’s tenant. Throws if it is refused. */
  async create(by: Account, body: Record<string, unknown> = {}): Promise<ServiceAccountAnswer> {
    const reply = await by.client.post<ServiceAccountAnswer>(SERVICE_ACCOUNTS, { name: 'Service', ...body });
    if (reply.status !== 201) throw new Error(`A builder needed 201 and got ${reply.status} ${reply.text}`);
    return reply.body;
  }

  rotate(by: Account, id: string, body: object = {}): Promise<Reply<ServiceAccountAnswer>> {
    return by.client.post<ServiceAccountAnswer>(`${SERVICE_ACCOUNTS}/${id}/rotate`, body);
  }

  revoke(by: Account, id: string): Promise<Reply<unknown>> {
    return by.client.delete(`${SERVICE_ACCOUNTS}/${id}`);
  }

  /** `POST /oauth/token` with these fields. */
  ask(
    fields: Record<string, string>,
    headers: Record<string, string> = {},
    client: Client = this.t.client(),
  ): Promise<Reply<TokenAnswer>> {
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString();
    return client.post<TokenAnswer>('/oauth/token', form, { headers: { ...FORM, ...headers } });
  }

  /** A token for the account, by its secret. Throws if it is refused. */
  async token({ id, clientSecret }: ServiceAccountAnswer, scope?: string): Promise<string> {
    const fields = {
      client_id: id,
      client_secret: clientSecret ?? '',
      ...(scope !== undefined && { scope }),
    };
    const { status, body, text } = await this.ask(fields);
    if (status !== 200) throw new Error(`A builder needed 200 and got ${status} ${text}`);
    return body.access_token;
  }
}

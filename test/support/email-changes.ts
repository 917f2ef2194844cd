import type { Client, Reply } from './client.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from './given.js';
import { tokenOf } from './inbox.js';
import type { TestApp } from './test-app.js';

/** The part of an account that requests another address. */
export type Moving = Pick<Account, 'client' | 'password'>;

/** Changes of e-mail addresses, and how they are taken back, at one server. */
export class EmailChanges {
  constructor(private readonly t: TestApp) {}

  /** Another address is requested, and not verified yet. */
  async request({ client, password }: Moving, email = uniqueEmail('thief')): Promise<string> {
    demand(await client.patch('/auth/me', { email, currentPassword: password }), 200);
    return email;
  }

  /** Another address is requested and verified. */
  async make(account: Moving, email?: string): Promise<string> {
    const changed = await this.request(account, email);
    const token = await this.t.inbox.token(changed, 'verify-email');
    demand(await account.client.post('/auth/verify-email', { token }), 200);
    return changed;
  }

  /** The secrets of the links in the notices to this address or number, newest first. */
  async links(to: string): Promise<string[]> {
    const notices = await this.t.inbox.messages(to, 'notice');
    return notices.filter(({ link }) => link !== undefined).map((notice) => tokenOf(notice));
  }

  /** The newest of them. Throws where there is none. */
  async link(to: string): Promise<string> {
    const [token] = await this.links(to);
    if (token === undefined) throw new Error(`No notice to ${to} has a link`);
    return token;
  }

  revert(token: string, from: Client = this.t.client()): Promise<Reply> {
    return from.post('/auth/email-change/revert', { token });
  }

  /** By the link that a reversal sent to the address. */
  async setPassword(email: string, newPassword = NEW_PASSWORD): Promise<void> {
    const token = await this.t.inbox.token(email, 'password-reset');
    demand(await this.t.post('/auth/reset-password', { token, newPassword }), 200);
  }
}

function demand(reply: Reply, status: number): void {
  if (reply.status !== status)
    throw new Error(`A builder needed ${status} and got ${reply.status} ${reply.text}`);
}

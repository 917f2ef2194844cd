import type { Answer } from './answer.js';
import type { Client, Reply } from './client.js';
import { PASSWORD } from './given.js';
import type { TestApp } from './test-app.js';
import { until } from './until.js';

export interface DeletionAnswer extends Answer {
  deletionAt: string;
}

/** Fourteen days, the server's default. */
export const GRACE_SECONDS = 14 * 86_400;

/** What people do to delete their account, at one server. */
export class AccountDeletions {
  constructor(private readonly t: TestApp) {}

  leave(as: Client, password = PASSWORD): Promise<Reply<DeletionAnswer>> {
    return as.delete<DeletionAnswer>('/users/me', { password });
  }

  /** As `leave`, where the deletion is only the setup of the test. */
  async left(as: Client): Promise<void> {
    const { status, text } = await this.leave(as);
    if (status !== 202) throw new Error(`The deletion got ${status} ${text}`);
  }

  /** The secret of the restoration link. */
  token(to: string): Promise<string> {
    return this.t.inbox.token(to, 'account-restoration');
  }

  restore(token: string): Promise<Reply> {
    return this.t.post('/auth/restore-account', { token });
  }

  /** Waits until a round has erased the person. */
  async erased(userId: string): Promise<void> {
    const find = () => this.t.database.query('SELECT 1 FROM users WHERE id = $1', [userId]);
    await until(async () => (await find()).length === 0);
  }
}

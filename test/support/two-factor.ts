import type { Client, Reply } from './client.js';
import type { Account } from './given.js';
import type { TestApp } from './test-app.js';
import { Authenticator } from './totp.js';

export interface SecondFactor {
  authenticator: Authenticator;
  backupCodes: string[];
}

export type Protected = Account & SecondFactor;

/** What a client does with a second factor, at one server. */
export class TwoFactor {
  constructor(private readonly t: TestApp) {}

  /**
   * A new secret and backup codes, not confirmed. One of 100,000 secrets has equal codes at neighbouring steps, of
   * which the server would accept only one: it is replaced by another.
   */
  async enrol(client: Client): Promise<SecondFactor> {
    const { secret, backupCodes } = demand(await client.post('/auth/enable-2fa'), 200).body;
    const authenticator = new Authenticator(secret);
    return authenticator.hasDistinctCodes() ? { authenticator, backupCodes } : this.enrol(client);
  }

  /** Turned on a while ago: the present code was not used yet. */
  async enable(client: Client): Promise<SecondFactor> {
    const factor = await this.enrol(client);
    demand(await client.post('/auth/confirm-2fa', { code: factor.authenticator.code() }), 200);
    const { id } = demand(await client.get('/auth/me'), 200).body;
    await this.forgetSteps(id);
    return factor;
  }

  /** A new tenant whose owner has a second factor, signed in. */
  async owner(): Promise<Protected> {
    const owner = await this.t.given.tenant();
    return { ...owner, ...(await this.enable(owner.client)) };
  }

  /** As if the used codes had been used long ago. */
  async forgetSteps(userId: string): Promise<void> {
    await this.t.database.query('UPDATE totp_factors SET last_step = last_step - 100 WHERE user_id = $1', [
      userId,
    ]);
  }

  /** The first step of a sign-in: throws where the second is not required. */
  async tempToken({ email, password }: { email: string; password: string }): Promise<string> {
    const { body, text } = demand(await this.t.post('/auth/login', { email, password }), 200);
    if (body.requiresTwoFactor !== true) throw new Error(`No second factor was required: ${text}`);
    return body.tempToken;
  }

  verify(tempToken: string, code: string, from: Client = this.t.client()): Promise<Reply> {
    return from.post('/auth/verify-2fa', { tempToken, code });
  }

  /** Both steps. */
  async signIn(account: Protected, code = account.authenticator.code()): Promise<Reply> {
    return this.verify(await this.tempToken(account), code);
  }
}

function demand(reply: Reply, status: number): Reply {
  if (reply.status === status) return reply;
  throw new Error(`A builder needed ${status} and got ${reply.status} ${reply.text}`);
}

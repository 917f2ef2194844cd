import type { Client, Reply } from '../client.js';
import { PASSWORD } from '../given.js';
import type { Server } from '../server.js';
import type { TestApp } from '../test-app.js';
import { TwoFactor } from '../two-factor.js';
import type { Credential } from './matrix.js';
import { rightsOf, type Subject } from './subject.js';

/** What one use of a credential shows. */
export type Seen = 'dead' | 'alive' | 'less';

type Probe = (subject: Subject, from: Client) => Promise<Seen>;

/** What a wish for it is refused with, while the credential beside it is looked at: so that nothing is used up. */
const POLICY_REFUSAL = 'password_blocklisted';
const BLOCKLISTED = 'password123';

/** Dead by one of these codes; a success is alive, and anything else is no answer. */
function judge({ status, body, text }: Reply, dead: string[], alive: string[] = []): Seen {
  if (status < 300 || alive.includes(body.code)) return 'alive';
  if (dead.includes(body.code)) return 'dead';
  throw new Error(`Neither dead nor alive: ${status} ${text}`);
}

/** How each credential is tried. None ends another one, so they can be tried one after the other. */
export class Probes {
  private readonly twoFactor: TwoFactor;

  constructor(
    private readonly t: TestApp,
    private readonly server: Server,
  ) {
    this.twoFactor = new TwoFactor(t);
  }

  try(credential: Credential, subject: Subject): Promise<Seen> {
    return this.all[credential](subject, this.t.client(null, this.server));
  }

  private readonly all: Record<Credential, Probe> = {
    ownAccess: ({ own, rights }) => this.access(own.accessToken, rights),
    ownRefresh: ({ own, rights }, from) => this.refresh(own.refreshToken, rights, from),
    otherAccess: ({ other, rights }) => this.access(other.accessToken, rights),
    otherRefresh: ({ other, rights }, from) => this.refresh(other.refreshToken, rights, from),
    apiKey: ({ key, keyRights }) => this.access(key.key, keyRights),

    tempToken: async ({ tempToken, factor, userId }, from) => {
      const code = factor?.authenticator.code() ?? '';
      const reply = await this.twoFactor.verify(tempToken ?? '', code, from);
      await this.twoFactor.forgetSteps(userId);
      return judge(reply, ['temp_token_invalid']);
    },

    signInCode: async ({ phone, signInCode: code }, from) => {
      const reply = await from.post('/auth/otp/verify', { phone, code });
      // To a code whose account is gone the number is free
      const isNobodys = (reply.body as { isNewUser?: boolean }).isNewUser === true;
      return isNobodys ? 'dead' : judge(reply, ['otp_invalid']);
    },

    recoveryCode: async ({ phone, recoveryCode: code }, from) => {
      const body = { phone, code, newPassword: BLOCKLISTED };
      return judge(await from.post('/auth/reset-password', body), ['otp_invalid'], [POLICY_REFUSAL]);
    },

    resetLink: async ({ resetLink: token }, from) => {
      const body = { token, newPassword: BLOCKLISTED };
      const reply = await from.post('/auth/reset-password', body);
      return judge(reply, ['reset_token_invalid'], [POLICY_REFUSAL]);
    },

    invitationSent: async ({ invitationSent: { token } }, from) => {
      const body = { token, password: PASSWORD, firstName: 'Nora', lastName: 'New' };
      return judge(await from.post('/auth/invite/accept', body), OVER);
    },

    invitationReceived: async ({ invitationReceived: { token }, password, acceptsWith }, from) => {
      const body = { token, ...(acceptsWith === undefined && { password }) };
      const options = { token: acceptsWith ?? null };
      const reply = await from.post('/auth/invite/accept', body, options);
      return judge(reply, [...OVER, 'invitation_wrong_account', 'email_taken']);
    },

    trustedDevice: async ({ email, password, trustedDevice: deviceToken, owner, lostFactor }, from) => {
      const body = { email, password, deviceToken };
      // Without a factor everybody is let in: the device must be no better than none once there is one again
      if (lostFactor) await this.enableAgain(body, from);
      const reply = await from.post('/auth/login', { ...body, tenantSlug: owner.tenant.slug });
      if (reply.body.requiresTwoFactor) return 'dead';
      return judge(reply, ['invalid_credentials', 'tenant_not_found']);
    },
  };

  private async access(token: string, before: number): Promise<Seen> {
    const reply = await this.t.client(token, this.server).get('/auth/me');
    const seen = judge(reply, ['access_token_invalid', 'api_key_invalid']);
    return seen === 'alive' && rightsOf(reply) < before ? 'less' : seen;
  }

  private async refresh(refreshToken: string, before: number, from: Client): Promise<Seen> {
    const reply = await from.post('/auth/refresh', { refreshToken });
    const seen = judge(reply, ['refresh_token_invalid']);
    return seen === 'alive' ? this.access(reply.body.accessToken, before) : seen;
  }

  private async enableAgain(body: { email: string; password: string }, from: Client): Promise<void> {
    const { accessToken } = (await from.post('/auth/login', body)).body;
    await this.twoFactor.enable(from.withToken(accessToken));
  }
}

/** To whom it was sent, an invitation that is over says no more than that. */
const OVER = ['invitation_already_used', 'invitation_not_found'];

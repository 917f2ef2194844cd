import type { Client, Reply } from '../client.js';
import { PASSWORD } from '../given.js';
import type { Server } from '../server.js';
import type { TestApp } from '../test-app.js';
import { TwoFactor } from '../two-factor.js';
import type { Credential } from './matrix.js';
import { rightsOf, type Subject } from './subject.js';

/** The result of one use of a credential. */
export type Seen = 'dead' | 'alive' | 'less';

type Probe = (subject: Subject, from: Client) => Promise<Seen>;

/** A probe is refused with this code for its new password, so that the credential is checked and not consumed. */
const POLICY_REFUSAL = 'password_blocklisted';
const BLOCKLISTED = 'password123';

/** In an order in which no probe disturbs the next: probes that sign in come late, the device last. */
export const PROBE_ORDER: readonly Credential[] = [
  'ownAccess',
  'otherAccess',
  'apiKey',
  'otherRefresh',
  'ownRefresh',
  'tempToken',
  'signInCode',
  'recoveryCode',
  'resetLink',
  // Verifies a claimant with their own password; only then do their invitations count
  'invitationReceived',
  'invitationSent',
  'trustedDevice',
];

/** Dead by one of these codes, alive by a success or one of the other codes; anything else throws. */
function seenIn({ status, body, text }: Reply, dead: string[], alive: string[] = []): Seen {
  if (status < 300 || alive.includes(body.code)) return 'alive';
  if (dead.includes(body.code)) return 'dead';
  throw new Error(`Neither dead nor alive: ${status} ${text}`);
}

/** How each credential is tried. No probe ends another credential, so they can be tried one after the other. */
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
      return seenIn(reply, ['temp_token_invalid']);
    },

    signInCode: async ({ phone, signInCode: code }, from) => {
      const reply = await from.post('/auth/otp/verify', { phone, code });
      // For a code whose account was deleted the number is free
      const isNobodys = (reply.body as { isNewUser?: boolean }).isNewUser === true;
      return isNobodys ? 'dead' : seenIn(reply, ['otp_invalid']);
    },

    recoveryCode: async ({ phone, recoveryCode: code }, from) => {
      const body = { phone, code, newPassword: BLOCKLISTED };
      return seenIn(await from.post('/auth/reset-password', body), ['otp_invalid'], [POLICY_REFUSAL]);
    },

    resetLink: async ({ resetLink: token }, from) => {
      const body = { token, newPassword: BLOCKLISTED };
      const reply = await from.post('/auth/reset-password', body);
      return seenIn(reply, ['reset_token_invalid'], [POLICY_REFUSAL]);
    },

    invitationSent: async ({ invitationSent: { token } }, from) => {
      const body = { token, password: PASSWORD, firstName: 'Nora', lastName: 'New' };
      return seenIn(await from.post('/auth/invite/accept', body), OVER);
    },

    invitationReceived: async ({ invitationReceived: { token }, password, acceptsWith }, from) => {
      const body = { token, ...(acceptsWith === undefined && { password }) };
      const options = { token: acceptsWith ?? null };
      const reply = await from.post('/auth/invite/accept', body, options);
      return seenIn(reply, [...OVER, 'invitation_wrong_account', 'email_taken']);
    },

    trustedDevice: async ({ email, password, trustedDevice: deviceToken, owner, lostFactor }, from) => {
      const body = { email, password, deviceToken };
      // Without a factor every sign-in succeeds: the device must have no effect once there is a factor again
      if (lostFactor) await this.enableAgain(body, from);
      const reply = await from.post('/auth/login', { ...body, tenantSlug: owner.tenant.slug });
      if (reply.body.requiresTwoFactor) return 'dead';
      return seenIn(reply, ['invalid_credentials', 'tenant_not_found']);
    },
  };

  private async access(token: string, before: number): Promise<Seen> {
    const reply = await this.t.client(token, this.server).get('/auth/me');
    const seen = seenIn(reply, ['access_token_invalid', 'api_key_invalid']);
    return seen === 'alive' && rightsOf(reply) < before ? 'less' : seen;
  }

  private async refresh(refreshToken: string, before: number, from: Client): Promise<Seen> {
    const reply = await from.post('/auth/refresh', { refreshToken });
    const seen = seenIn(reply, ['refresh_token_invalid']);
    return seen === 'alive' ? this.access(reply.body.accessToken, before) : seen;
  }

  private async enableAgain(body: { email: string; password: string }, from: Client): Promise<void> {
    const { accessToken } = (await from.post('/auth/login', body)).body;
    await this.twoFactor.enable(from.withToken(accessToken));
  }
}

/** To its recipient, an invitation that is over says no more than that. */
const OVER = ['invitation_already_used', 'invitation_not_found'];

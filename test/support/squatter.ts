import { ApiKeys } from './api-keys.js';
import type { Reply } from './client.js';
import { type Account, NEW_PASSWORD, unique, uniqueEmail } from './given.js';
import { Katixo } from './katixo.js';
import { Phones, uniquePhone } from './phone.js';
import type { TestApp } from './test-app.js';
import { TwoFactor } from './two-factor.js';

export interface Claimed {
  kind: 'email' | 'phone';
  value: string;
}

/** How a person without a session of the account verifies an identifier that it claims. */
export interface WayToVerify {
  name: string;
  kind: Claimed['kind'];
  /** Reads the secret from the message; `spend` uses it, and can be called again. */
  prepare(t: TestApp, claimed: Claimed): Promise<() => Promise<Reply<unknown>>>;
  /** For a successful response. */
  status: number;
  /** Whether the person chooses a password with it. */
  password: boolean;
}

const NAMES = { firstName: 'Vera', lastName: 'Victim' };

/** E-mail codes sign in where EMAIL_CODE_SIGN_IN enables it. */
export const WAYS_TO_VERIFY: WayToVerify[] = [
  {
    name: 'a reset link',
    kind: 'email',
    status: 200,
    password: true,
    prepare: async (t, { value: email }) => {
      await t.post('/auth/forgot-password', { email });
      const token = await t.inbox.token(email, 'password-reset');
      return () => t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
    },
  },
  {
    name: 'an invitation by e-mail',
    kind: 'email',
    status: 201,
    password: true,
    prepare: async (t, { value: email }) => {
      const { token } = await t.given.invitation(await t.given.tenant(), { email });
      return () => t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...NAMES });
    },
  },
  {
    name: 'a code by e-mail',
    kind: 'email',
    status: 200,
    password: false,
    prepare: async (t, { value: email }) => {
      await t.post('/auth/otp/request', { email });
      const code = await new Phones(t).code(email);
      return () => t.post('/auth/otp/verify', { email, code });
    },
  },
  {
    name: 'a recovery code',
    kind: 'phone',
    status: 200,
    password: true,
    prepare: async (t, { value: phone }) => {
      await t.post('/auth/forgot-password', { phone });
      const code = await new Phones(t).code(phone);
      return () => t.post('/auth/reset-password', { phone, code, newPassword: NEW_PASSWORD });
    },
  },
  {
    name: 'an invitation by SMS',
    kind: 'phone',
    status: 201,
    password: true,
    prepare: async (t, { value: phone }) => {
      const owner = await t.given.tenant();
      await owner.client.post('/auth/invite', { phone, role: 'user' });
      const token = await t.inbox.token(phone, 'invitation');
      return () => t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...NAMES });
    },
  },
  {
    name: 'a code by SMS',
    kind: 'phone',
    status: 200,
    password: false,
    prepare: async (t, { value: phone }) => {
      const code = await new Phones(t).newCode(phone);
      return () => t.post('/auth/otp/verify', { phone, code });
    },
  },
  {
    name: 'a code by SMS at katixo, as published',
    kind: 'phone',
    status: 200,
    password: false,
    prepare: async (t, { value: phone }) => {
      const k = new Katixo(t);
      await k.post('/auth/otp/request', { phone });
      const otp = await k.code(phone);
      return () => k.post('/auth/otp/verify', { phone, otp });
    },
  },
];

/** Everything that a squatter has set up in an account without a verified identifier. */
export interface Furnished {
  account: Account;
  claimed: Claimed;
  /** The other identifier, and the address that was requested. */
  other: Claimed;
  pendingEmail: string;
  elsewhere: Account;
  deviceToken: string;
  tempToken: string;
  backupCode: string;
  apiKey: string;
  /** For the pending address. */
  verificationToken: string;
  /** To the other identifier. */
  resetToken: string | null;
  signInCode: string;
  invitation: string;
}

/** Registers an identifier of another person, by e-mail or phone, and sets up everything that an account can have. */
export class Squatters {
  private readonly phones: Phones;
  private readonly twoFactor: TwoFactor;

  constructor(private readonly t: TestApp) {
    this.phones = new Phones(t);
    this.twoFactor = new TwoFactor(t);
  }

  /** Neither identifier is verified. */
  async account(claimed: Claimed, other = otherOf(claimed)): Promise<Account> {
    const { kind, value } = claimed;
    const email = kind === 'email' ? value : other.value;
    const account = await this.t.given.unverifiedTenant({ email, password: 'Squatter-Basin-31-Plume' });
    const phone = kind === 'phone' ? value : other.value;
    await this.t.database.query('UPDATE users SET phone = $2 WHERE id = $1', [account.user.id, phone]);
    return account;
  }

  async furnished(kind: Claimed['kind']): Promise<Furnished> {
    const { t } = this;
    const claimed = newClaim(kind);
    const other = otherOf(claimed);
    const account = await this.account(claimed, other);
    await t.database.query('UPDATE tenants SET allow_trusted_devices = true WHERE id = $1', [
      account.tenant.id,
    ]);
    const pendingEmail = uniqueEmail('squatter');
    const request = { email: pendingEmail, currentPassword: account.password };
    await account.client.patch('/auth/me', request);
    const { backupCodes } = await this.twoFactor.enable(account.client);
    const [spare = '', second = ''] = backupCodes;
    const signedIn = await this.signIn(account, second);
    const { key } = await new ApiKeys(t).create(account);
    const invitation = await this.invite(account);
    return {
      ...{ account, claimed, other, pendingEmail, invitation, backupCode: spare, apiKey: key, ...signedIn },
      tempToken: await this.twoFactor.tempToken(account),
      verificationToken: await t.inbox.token(pendingEmail, 'verify-email'),
      resetToken:
        other.kind === 'email' ? await t.given.resetToken({ ...account, email: other.value }) : null,
      signInCode: await this.phones.newCode(kind === 'phone' ? claimed.value : other.value),
    };
  }

  /** As an older release allowed: an account without a verified identifier invites a person. */
  async invite(by: Account, { role = 'user', email = uniqueEmail('invited') } = {}): Promise<string> {
    const { token } = await this.asIfVerified(by, () => this.t.given.invitation(by, { role, email }));
    return token;
  }

  /** Does what an older release allowed an account without a verified identifier. */
  async asIfVerified<T>({ user }: Account, act: () => Promise<T>): Promise<T> {
    const set = (at: string) =>
      this.t.database.query(`UPDATE users SET email_verified_at = ${at} WHERE id = $1`, [user.id]);
    await set('now()');
    try {
      return await act();
    } finally {
      await set('NULL');
    }
  }

  private async signIn(account: Account, code: string) {
    const { t } = this;
    const client = t.client();
    const tempToken = await this.twoFactor.tempToken(account);
    const body = { tempToken, code, rememberDevice: true };
    const reply = await client.post<{ accessToken: string; refreshToken: string; deviceToken: string }>(
      '/auth/verify-2fa',
      body,
    );
    if (reply.status !== 200) throw new Error(`A builder needed a session and got ${reply.text}`);
    const { accessToken, refreshToken, deviceToken } = reply.body;
    const elsewhere = { ...account, accessToken, refreshToken, client: client.withToken(accessToken) };
    return { elsewhere, deviceToken };
  }
}

export function newClaim(kind: Claimed['kind']): Claimed {
  return { kind, value: kind === 'email' ? uniqueEmail(`victim-${unique()}`) : uniquePhone() };
}

function otherOf({ kind }: Claimed): Claimed {
  return newClaim(kind === 'email' ? 'phone' : 'email');
}

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

/** How somebody without a session of the account verifies an identifier that it claims. */
export interface WayToVerify {
  name: string;
  kind: Claimed['kind'];
  /** Takes the secret out of the message; `spend` uses it, and can be called again. */
  prepare(t: TestApp, claimed: Claimed): Promise<() => Promise<Reply<unknown>>>;
  /** Of an answer that worked. */
  status: number;
  /** Whether the prover chooses a password with it. */
  password: boolean;
}

const NAMES = { firstName: 'Vera', lastName: 'Victim' };

/** E-mail codes sign in where EMAIL_CODE_SIGN_IN says so. */
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

/** What a squatter has set up in an account that has verified nothing. */
export interface Furnished {
  account: Account;
  claimed: Claimed;
  /** The other identifier, and the address that was asked for. */
  other: Claimed;
  pendingEmail: string;
  elsewhere: Account;
  deviceToken: string;
  tempToken: string;
  backupCode: string;
  apiKey: string;
  /** Of the pending address. */
  verificationToken: string;
  /** To the other identifier. */
  resetToken: string | null;
  signInCode: string;
  invitation: string;
}

/** Somebody registers what is not theirs, by e-mail or phone, and furnishes the account with all there is. */
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
    const wish = { email: pendingEmail, currentPassword: account.password };
    await account.client.patch('/auth/me', wish);
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

  /** As an older release let it: an account that has verified nothing invites somebody. */
  async invite(by: Account, { role = 'user', email = uniqueEmail('invited') } = {}): Promise<string> {
    const { token } = await this.asIfVerified(by, () => this.t.given.invitation(by, { role, email }));
    return token;
  }

  /** Does what an older release let an account do that has verified nothing. */
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
    if (reply.status !== 200) throw new Error(`A builder wanted a session and got ${reply.text}`);
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

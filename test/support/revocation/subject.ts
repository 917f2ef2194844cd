import { ApiKeys } from '../api-keys.js';
import type { Client, Reply } from '../client.js';
import { type Account, type Invited, uniqueEmail } from '../given.js';
import { Phones, uniquePhone } from '../phone.js';
import type { Pair } from '../reissued.js';
import type { TestApp } from '../test-app.js';
import type { Authenticator } from '../totp.js';
import { TwoFactor } from '../two-factor.js';
import type { Situation } from './matrix.js';

interface Factor {
  authenticator: Authenticator;
  backupCodes: string[];
}

/** A person with one credential of every kind, and with the changes that an event caused. */
export interface Subject {
  /** The owner of the tenant; for a claimant, the claimant. */
  owner: Account;
  userId: string;
  tenantId: string;
  email: string;
  phone: string | null;
  password: string;
  factor: Factor | null;
  /** The session that acts, and another one. */
  own: Pair;
  other: Pair;
  /** The number of rights at the start. */
  rights: number;
  keyRights: number;
  key: { id: string; key: string };
  tempToken: string | null;
  signInCode: string | null;
  recoveryCode: string | null;
  resetLink: string;
  invitationSent: Invited;
  invitationReceived: Invited;
  trustedDevice: string | null;
  /** The tokens in the response of the event, which replace `own`. */
  fresh?: Pair;
  /** The person has no second factor any more: a trusted device has a visible effect only with one. */
  lostFactor?: boolean;
  /** The invitation received is accepted with this token; by default with the password. */
  acceptsWith?: string;
}

type Person = Pick<Account, 'email' | 'password' | 'client'> & { userId: string };
type Verified = Pair & { deviceToken?: string };

export const rightsOf = ({ body: { permissions } }: Reply): number =>
  Object.values(permissions)
    .flatMap((actions) => Object.values(actions))
    .filter(Boolean).length;

/** Creates people with all of these credentials, through the published contract except for what no client may do. */
export class Subjects {
  private readonly twoFactor: TwoFactor;
  private readonly phones: Phones;
  /** The tenant that invites them, anew before its invitations reach a limit. */
  private inviter: Account | null = null;
  private invited = 0;

  constructor(private readonly t: TestApp) {
    this.twoFactor = new TwoFactor(t);
    this.phones = new Phones(t);
  }

  create(situation: Situation): Promise<Subject> {
    if (situation === 'claimant') return this.claimant();
    return this.member({ withFactor: situation === 'member' });
  }

  /** Signs in with all the factors that are required. */
  async signIn({ email, password }: Pick<Person, 'email' | 'password'>, factor: Factor | null, userId = '') {
    const { body } = demand(await this.t.post('/auth/login', { email, password }), 200);
    if (!factor) return body as Verified;
    const code = factor.authenticator.code();
    const shown = { tempToken: body.tempToken, code, rememberDevice: true };
    const verified = demand(await this.t.post('/auth/verify-2fa', shown), 200).body;
    await this.twoFactor.forgetSteps(userId);
    return verified as Verified;
  }

  /** A manager of a tenant that allows trusted devices, whose e-mail address and phone number are verified. */
  private async member({ withFactor }: { withFactor: boolean }): Promise<Subject> {
    const owner = await this.t.given.tenant();
    const { client, email, password, user } = await this.t.given.member(owner, 'manager');
    const phone = uniquePhone();
    await this.t.database.query('UPDATE users SET phone = $2, phone_verified_at = now() WHERE id = $1', [
      user.id,
      phone,
    ]);
    const person = { client, email, password, userId: user.id };
    const common = await this.equip(owner, person, withFactor);
    const invitationSent = await this.t.given.invitation(
      { ...owner, client: this.t.client(common.own.accessToken) },
      { email: uniqueEmail('sent') },
    );
    const signInCode = await this.phones.newCode(phone);
    demand(await this.t.post('/auth/forgot-password', { phone, tenantSlug: owner.tenant.slug }), 200);
    const recoveryCode = await this.phones.code(phone);
    return { ...common, phone, invitationSent, signInCode, recoveryCode };
  }

  /** A person who registered an address of another person, and used everything that the account allows since. */
  private async claimant(): Promise<Subject> {
    const owner = await this.t.given.unverifiedTenant();
    const { client, email, password, user } = owner;
    const common = await this.equip(owner, { client, email, password, userId: user.id }, true);
    // As an account that had verified the address, and has lost the verification
    const setVerified = (at: string) =>
      this.t.database.query(`UPDATE users SET email_verified_at = ${at} WHERE id = $1`, [user.id]);
    await setVerified('now()');
    const acting = { ...owner, client: this.t.client(common.own.accessToken) };
    const invitationSent = await this.t.given.invitation(acting, { email: uniqueEmail('sent') });
    await setVerified('NULL');
    return { ...common, phone: null, invitationSent, signInCode: null, recoveryCode: null };
  }

  private async stranger(): Promise<Account> {
    if (this.invited % INVITED_BY_ONE === 0) this.inviter = await this.t.given.verifiedTenant();
    this.invited += 1;
    return this.inviter as Account;
  }

  private async equip(
    owner: Account,
    person: Person,
    withFactor: boolean,
  ): Promise<Omit<Subject, 'phone' | 'invitationSent' | 'signInCode' | 'recoveryCode'>> {
    const { userId, email, password } = person;
    await this.t.database.query('UPDATE tenants SET allow_trusted_devices = true WHERE id = $1', [
      owner.tenant.id,
    ]);
    const factor = withFactor ? await this.twoFactor.enable(person.client) : null;
    const own = await this.signIn(person, factor, userId);
    const other = await this.signIn(person, factor, userId);
    const client = this.t.client(own.accessToken);
    const key = await new ApiKeys(this.t).create({ ...owner, client }, { scopes: SCOPES });
    return {
      ...{ owner, userId, tenantId: owner.tenant.id, email, password, factor, own, other, key },
      rights: rightsOf(await client.get('/auth/me')),
      keyRights: rightsOf(await this.t.client(key.key).get('/auth/me')),
      trustedDevice: own.deviceToken ?? null,
      invitationReceived: await this.t.given.invitation(await this.stranger(), { email }),
      tempToken: factor && (await this.twoFactor.tempToken(person)),
      resetLink: await this.t.given.resetToken({ email, tenant: owner.tenant }),
    };
  }
}

const INVITED_BY_ONE = 10;

/** The lower role has only the first of them. */
const SCOPES = ['leads.view', 'leads.delete'];

/** A client of the person's acting session. */
export const actingAs = (t: TestApp, { own }: Subject): Client => t.client(own.accessToken);

function demand(reply: Reply, status: number): Reply {
  if (reply.status === status) return reply;
  throw new Error(`A builder needed ${status} and got ${reply.status} ${reply.text}`);
}

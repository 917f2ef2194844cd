import { randomInt } from 'node:crypto';
import type { Answer } from './answer.js';
import type { Client, Reply } from './client.js';
import { PASSWORD, unique } from './given.js';
import type { TestApp } from './test-app.js';

export interface OtpAnswer extends Answer {
  expiresIn: number;
  resendIn: number;
  verified: boolean;
  isNewUser: boolean;
  signupToken: string;
  phoneVerified: boolean;
}

export interface PhoneAccount {
  phone: string;
  password: string;
  userId: string;
  client: Client;
}

const FIRST_MOBILE_NUMBER = 6_000_000_000;
const MOBILE_NUMBERS = 4_000_000_000;
/** Coprime to their count, so that none repeats; and larger than the number blocks that have a limit of their own. */
const BLOCK_STEP = 10_007;
let lastNumber = randomInt(MOBILE_NUMBERS);

/** An Indian mobile number, unique to the test. */
export const uniquePhone = (): string => {
  lastNumber = (lastNumber + BLOCK_STEP) % MOBILE_NUMBERS;
  return `+91${FIRST_MOBILE_NUMBER + lastNumber}`;
};

/** Another code than this one. */
export const otherCode = (code: string, step = 1): string =>
  String((Number(code) + step) % 1_000_000).padStart(6, '0');

/** What a client does with codes, at one server. */
export class Phones {
  constructor(private readonly t: TestApp) {}

  request(phone: string, from: Client = this.t.client()): Promise<Reply<OtpAnswer>> {
    return from.post<OtpAnswer>('/auth/otp/request', { phone });
  }

  verify(phone: string, code: string, from: Client = this.t.client()): Promise<Reply<OtpAnswer>> {
    return from.post<OtpAnswer>('/auth/otp/verify', { phone, code });
  }

  /** The code in the newest message to this number or address. */
  async code(to: string): Promise<string> {
    const { code } = await this.t.inbox.latest(to, 'otp');
    if (!code) throw new Error(`The message to ${to} has no code`);
    return code;
  }

  /** A code that is not the one in the newest message, if there is one, so that no guess is right by chance. */
  async wrongCode(to: string, step = 1): Promise<string> {
    const [newest] = await this.t.inbox.messages(to, 'otp');
    return otherCode(newest?.code ?? '123456', step);
  }

  /** A new code, requested and read. */
  async newCode(phone: string): Promise<string> {
    demand(await this.request(phone), 200);
    return this.code(phone);
  }

  /** The sign-up ticket that lets one new person sign up with this number. */
  async signupToken(phone: string, from: Client = this.t.client()): Promise<string> {
    return demand(await this.verify(phone, await this.newCode(phone), from), 200).body.signupToken;
  }

  /** A body for POST /auth/signup, unique to the test. */
  signup(signupToken: string, overrides: Record<string, unknown> = {}) {
    const names = { firstName: 'Rajesh', lastName: 'Kumar', companyName: `Store ${unique()}` };
    return { signupToken, ...names, password: PASSWORD, ...overrides };
  }

  /** A new person with a verified phone, and their tenant. */
  async account(phone = uniquePhone(), overrides: Record<string, unknown> = {}): Promise<PhoneAccount> {
    const client = this.t.client();
    const body = this.signup(await this.signupToken(phone, client), overrides);
    const { accessToken, user } = demand(await client.post('/auth/signup', body), 201).body;
    return { phone, password: body.password, userId: user.id, client: client.withToken(accessToken) };
  }

  /** An account that claims a number without having verified it; with an e-mail address only where one is given. */
  async squatter(phone: string, { email }: { email?: 'verified' | 'claimed' } = {}) {
    const own = { password: 'Squatter-Basin-31-Plume' };
    const owner = await (email === 'verified'
      ? this.t.given.verifiedTenant(own)
      : this.t.given.unverifiedTenant(own));
    await this.t.database.query(
      `UPDATE users SET phone = $2, email = CASE WHEN $3 THEN email END WHERE id = $1`,
      [owner.user.id, phone, email !== undefined],
    );
    return owner;
  }
}

function demand<Body>(reply: Reply<Body>, status: number): Reply<Body> {
  if (reply.status === status) return reply;
  throw new Error(`A builder needed ${status} and got ${reply.status} ${reply.text}`);
}

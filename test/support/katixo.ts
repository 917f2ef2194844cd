import type { ErrorCode } from '../../src/common/error-catalogue.js';
import { ERROR_CATALOGUE } from '../../src/common/error-catalogue.js';
import type { Client, Reply } from './client.js';
import { PASSWORD, unique } from './given.js';
import { uniquePhone } from './phone.js';
import type { TestApp } from './test-app.js';

export const KATIXO = '/api/v1';

export interface Envelope {
  success: boolean;
  message: string;
  data: KatixoData;
  errors: { code: string; field?: string; message: string }[] | null;
}

/** Every field that some response of the katixo contract has in `data`; a test names the ones it expects. */
interface KatixoData {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  resendIn: number;
  user: { id: string; name: string; phone: string | null; email: string | null; role: string | null };
  verified: boolean;
  isNewUser: boolean;
  signupToken: string;
  id: string;
  slug: string;
  name: string;
  role: string;
  phone: string;
  email: string | null;
  phoneVerified: boolean;
  emailVerified: boolean;
  permissions: Record<string, Record<string, boolean>>;
  organisation: { id: string; name: string; slug: string } | null;
  active: boolean;
}

export interface KatixoAccount {
  phone: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  userId: string;
  client: Client;
}

/** The katixo contract's paths, for one client. */
export const at = (path: string): string => `${KATIXO}${path}`;

/** The differences between a response and this error in the envelope; empty if it is that error. */
export function findRefusalFaults(reply: Reply<Envelope>, code: ErrorCode | null, status: number): string[] {
  const { success, message, data, errors } = reply.body;
  const faults: string[] = [];
  if (reply.status !== status) faults.push(`HTTP status ${reply.status}, expected ${status}`);
  if (reply.headers['content-type']?.split(';')[0] !== 'application/json') faults.push('no JSON');
  const keys = Object.keys(reply.body).join();
  if (keys !== 'success,message,data,errors') faults.push(`the keys are ${keys}`);
  if (success !== false || data !== null) faults.push('not a failure');
  if (typeof message !== 'string' || message === '') faults.push('no message');
  if (!Array.isArray(errors) || errors.length === 0) return [...faults, 'no errors'];
  for (const error of errors) {
    const known = Object.keys(error).every((key) => ['code', 'field', 'message'].includes(key));
    if (!known || typeof error.code !== 'string' || typeof error.message !== 'string') {
      faults.push(`the error ${JSON.stringify(error)}`);
    }
  }
  if (code !== null && errors[0]?.code !== code) faults.push(`the code ${errors[0]?.code}, expected ${code}`);
  return faults;
}

/** Throws unless the response is this error, in the envelope. Without a code, any code of this status. */
export function expectRefusal(reply: Reply<Envelope>, code: ErrorCode): void;
export function expectRefusal(reply: Reply<Envelope>, code: null, status: number): void;
export function expectRefusal(reply: Reply<Envelope>, code: ErrorCode | null, status?: number): void {
  const expected = status ?? (code === null ? 0 : ERROR_CATALOGUE[code].status);
  expect({ answer: reply.text, faults: findRefusalFaults(reply, code, expected) }).toEqual({
    answer: reply.text,
    faults: [],
  });
}

/** Builders: each creates data of its own through the published contract, and throws where that fails. */
export class Katixo {
  constructor(private readonly t: TestApp) {}

  post(path: string, body?: unknown, from: Client = this.t.client()): Promise<Reply<Envelope>> {
    return from.post<Envelope>(at(path), body);
  }

  get(path: string, from: Client = this.t.client()): Promise<Reply<Envelope>> {
    return from.get<Envelope>(at(path));
  }

  /** A body for POST /auth/register or /auth/signup, unique to the test. */
  registration(overrides: Record<string, unknown> = {}) {
    return {
      phone: uniquePhone(),
      name: 'Rajesh Kumar',
      password: PASSWORD,
      businessName: `Store ${unique()}`,
      businessType: 'RETAILER',
      ...overrides,
    };
  }

  /** The code in the newest message to this number. */
  async code(phone: string): Promise<string> {
    return (await this.t.inbox.latest(phone, 'otp')).code ?? '';
  }

  /** A new business and its owner, whose phone is verified. */
  async owner(overrides: Record<string, unknown> = {}): Promise<KatixoAccount> {
    const client = this.t.client();
    const body = this.registration(overrides);
    demand(await this.post('/auth/otp/request', { phone: body.phone }, client), 200);
    const otp = await this.code(body.phone);
    demand(await this.post('/auth/otp/verify', { phone: body.phone, otp }, client), 200);
    return account(client, demand(await this.post('/auth/signup', body, client), 201), body);
  }

  /** The same, with a phone that nobody has verified. */
  async unverified(overrides: Record<string, unknown> = {}): Promise<KatixoAccount> {
    const client = this.t.client();
    const body = this.registration(overrides);
    return account(client, demand(await this.post('/auth/register', body, client), 201), body);
  }

  /** The secret of a new invitation by SMS. */
  async invitation(by: KatixoAccount, phone = uniquePhone(), role = 'OPERATOR'): Promise<string> {
    demand(await this.post('/auth/invite', { phone, role }, by.client), 201);
    return this.t.inbox.token(phone, 'invitation');
  }

  /** A new person who accepted an invitation by SMS. */
  async member(of: KatixoAccount, role = 'OPERATOR', phone = uniquePhone()): Promise<KatixoAccount> {
    const client = this.t.client();
    const body = { token: await this.invitation(of, phone, role), password: PASSWORD, name: 'Priya Sharma' };
    const reply = demand(await this.post('/auth/invite/accept', body, client), 201);
    return account(client, reply, { phone, password: PASSWORD });
  }
}

function account(
  client: Client,
  { body }: Reply<Envelope>,
  { phone, password }: { phone: string; password: string },
): KatixoAccount {
  const { accessToken, refreshToken, user } = body.data;
  const signedIn = client.withToken(accessToken);
  return { phone, password, accessToken, refreshToken, userId: user.id, client: signedIn };
}

function demand(reply: Reply<Envelope>, status: number): Reply<Envelope> {
  if (reply.status === status) return reply;
  throw new Error(`A builder needed ${status} and got ${reply.status} ${reply.text}`);
}

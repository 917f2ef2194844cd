import { adminResult } from './admin.js';
import type { Client } from './client.js';
import { PASSWORD, uniqueEmail } from './given.js';
import type { TestApp } from './test-app.js';
import { Authenticator } from './totp.js';

export interface Operator {
  email: string;
  password: string;
  authenticator: Authenticator;
  token: string;
  /** Signed in, at the address of the sign-in. */
  client: Client;
}

/** Of every client of the suites. */
export const LOOPBACK = '127.0.0.0/8';
export const WHY = { reason: 'A test', reference: 'case 4711' };

/** Operators of a server, made as they are in production: by a command, an enrolment and a sign-in. */
export class Operators {
  constructor(private readonly t: TestApp) {}

  /** A command on operators of `npm run admin`. */
  command(...args: string[]): Promise<Record<string, unknown>> {
    return adminResult(['operator', ...args], this.t.server);
  }

  /** The token of the enrolment. */
  async create(email: string, allow = LOOPBACK): Promise<string> {
    return String((await this.command('create', email, '--allow', allow)).enrolmentToken);
  }

  /** Sets the password and the authenticator up, with its present code. */
  async enrol(enrolmentToken: string, client: Client = this.t.client()): Promise<Authenticator> {
    const { body } = await client.post<{ secret: string }>('/platform/auth/enrolment', { enrolmentToken });
    const authenticator = new Authenticator(body.secret);
    const confirmation = { enrolmentToken, password: PASSWORD, code: authenticator.code() };
    const { status, text } = await client.post('/platform/auth/enrolment/confirm', confirmation);
    if (status !== 204) throw new Error(`The enrolment got ${status} ${text}`);
    return authenticator;
  }

  /** With the next code, which works once. */
  async signIn(
    { email, password, authenticator }: Omit<Operator, 'token' | 'client'>,
    client: Client = this.t.client(),
  ): Promise<Operator> {
    const reply = await client.post('/platform/auth/sign-in', {
      email,
      password,
      code: authenticator.nextCode(),
    });
    if (reply.status !== 200) throw new Error(`The sign-in got ${reply.status} ${reply.text}`);
    const token = reply.body.accessToken;
    return { email, password, authenticator, token, client: client.withToken(token) };
  }

  async signedIn(client: Client = this.t.client()): Promise<Operator> {
    const email = uniqueEmail('operator');
    const authenticator = await this.enrol(await this.create(email), client);
    return this.signIn({ email, password: PASSWORD, authenticator }, client);
  }
}

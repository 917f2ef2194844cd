import type { Reply } from '../client.js';
import type { Message } from '../inbox.js';
import { tokenOf } from '../inbox.js';
import { PASSWORD, unique, uniqueEmail } from '../unique.js';
import { isSignedIn, type Pair, passwordIs } from './claims.js';
import type { Ask, Claim, Journal } from './journal.js';
import type { Random } from './random.js';

/** A session under the name of its claim. */
export interface Session {
  name: string;
  tokens: Pair;
}

export interface Person {
  /** The prefix of the names of the person's claims. */
  name: string;
  email: string;
  password: string;
  userId: string;
  sessions: Session[];
}

export interface Invitation {
  name: string;
  id: string;
  email: string;
  token: string;
}

export interface Key {
  name: string;
  id: string;
  key: string;
}

interface Change {
  /** The claims that this changes. */
  touches?: string[];
  method: string;
  path: string;
  body?: object;
  token?: string;
  /** The recipient of a message about it. */
  tells?: string;
  promises: (reply: Reply) => Record<string, Claim>;
}

/**
 * An organisation and its people, from the registration to the first request whose outcome is unknown. Their requests are
 * sent one after the other, so that every claim has one state.
 */
export class Life {
  owner!: Person;
  readonly members: Person[] = [];
  readonly invitations: Invitation[] = [];
  readonly keys: Key[] = [];
  private lastName = 0;

  constructor(
    readonly ask: Ask,
    readonly journal: Journal,
    readonly random: Random,
    readonly name: string,
  ) {}

  get session(): Session {
    return this.random.pick(this.owner.sessions);
  }

  get token(): string {
    return this.session.tokens.accessToken;
  }

  nextName(kind: string, of = this.name): string {
    this.lastName += 1;
    return `${of}/${kind} ${this.lastName}`;
  }

  async begin(): Promise<void> {
    const email = uniqueEmail('owner');
    const body = { email, password: PASSWORD, companyName: `Company ${unique()}`, ...NAMES };
    const register = { method: 'POST', path: '/auth/register', body, tells: email };
    this.owner = await this.join(`${this.name}/owner`, email, PASSWORD, register);
    const token = await this.mailedToken(email, 'verify-email');
    const verify = { method: 'POST', path: '/auth/verify-email', body: { token }, token: this.token };
    await this.change({ ...verify, promises: () => ({}) });
  }

  /** Sends a request. Its claims are known again once it is acknowledged. */
  async change({ touches = [], method, path, body, token, tells, promises }: Change): Promise<Reply> {
    this.journal.open(touches);
    const reply = await this.ask(method, path, {
      ...(body && { body }),
      ...(token !== undefined && { token }),
    });
    if (tells !== undefined) this.journal.due.add(tells);
    this.journal.acknowledge(promises(reply));
    return reply;
  }

  /** A person whom this request makes and signs in. */
  async join(
    name: string,
    email: string,
    password: string,
    request: Omit<Change, 'promises'>,
  ): Promise<Person> {
    const session = this.nextName('session', name);
    const { body } = await this.change({
      ...request,
      promises: ({ body: tokens }) => ({
        [`${name}/password`]: passwordIs(email, password),
        [session]: isSignedIn(tokens),
      }),
    });
    return { name, email, password, userId: body.user.id, sessions: [{ name: session, tokens: body }] };
  }

  /** The secret of the newest link to this address. */
  async mailedToken(email: string, template: Message['template']): Promise<string> {
    const { body } = await this.ask('GET', `/dev/messages?to=${encodeURIComponent(email)}`);
    const message = (body as unknown as Message[]).find((one) => one.template === template);
    if (!message) throw new Error(`An acknowledged request left no ${template} to ${email}`);
    return tokenOf(message);
  }
}

export const NAMES = { firstName: 'Lea', lastName: 'Load' };

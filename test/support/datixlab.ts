import type { FieldProblem } from './answer.js';
import type { Client, Reply } from './client.js';
import { PASSWORD, unique, uniqueEmail } from './given.js';
import type { TestApp } from './test-app.js';

export const DATIXLAB = '/v1/auth';

interface DatixlabUser {
  id: string;
  email: string | null;
  full_name: string;
  role: string | null;
  organization_id: string | null;
  two_factor_enabled: boolean;
}

interface DatixlabKey {
  id: string;
  name: string;
  key_prefix: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

/** Every field that some response of the datixlab contract has; a test names the ones it expects. */
export interface DatixlabAnswer extends DatixlabUser {
  access_token: string;
  token_type: string;
  expires_in: number;
  user: DatixlabUser;
  success: boolean;
  message: string;
  assigned_agents: string[];
  created_at: string;
  pending_email?: string;

  requires_2fa: boolean;
  temp_token: string;
  two_factor_enrolment_required: boolean;
  secret: string;
  qr_code: string;
  backup_codes: string[];

  name: string;
  key: string;
  expires_at: string | null;
  api_keys: DatixlabKey[];
  next_cursor: string | null;

  code: string;
  detail?: string;
  errors?: FieldProblem[];
}

export interface DatixlabAccount {
  email: string;
  password: string;
  accessToken: string;
  user: DatixlabUser;
  /** Signed in as this account, at an address of its own. */
  client: Client;
}

/** The datixlab contract's paths, for one client. */
export const at = (path: string): string => `${DATIXLAB}${path}`;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** The UUID in a TypeID: 128 bits in base 32, after the prefix. */
export function uuidOf(typeId: string): string {
  const suffix = typeId.slice(typeId.lastIndexOf('_') + 1);
  const bits = [...suffix].reduce((value, digit) => value * 32n + BigInt(ALPHABET.indexOf(digit)), 0n);
  const hex = bits.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Builders: each creates data of its own through the published contract, and throws where that fails. */
export class Datixlab {
  constructor(private readonly t: TestApp) {}

  post(path: string, body?: unknown, from: Client = this.t.client()): Promise<Reply<DatixlabAnswer>> {
    return from.post<DatixlabAnswer>(at(path), body);
  }

  get(path: string, from: Client = this.t.client()): Promise<Reply<DatixlabAnswer>> {
    return from.get<DatixlabAnswer>(at(path));
  }

  patch(path: string, body: unknown, from: Client): Promise<Reply<DatixlabAnswer>> {
    return from.patch<DatixlabAnswer>(at(path), body);
  }

  delete(path: string, from: Client): Promise<Reply<DatixlabAnswer>> {
    return from.delete<DatixlabAnswer>(at(path));
  }

  /** A body for POST /register, unique to the test. */
  registration(overrides: Record<string, unknown> = {}) {
    return {
      email: uniqueEmail('founder'),
      password: PASSWORD,
      full_name: 'Olga Owner',
      organization_name: `Company ${unique()}`,
      ...overrides,
    };
  }

  /** A new organisation and its administrator, whose address is only claimed, signed in. */
  async owner(overrides: Record<string, unknown> = {}): Promise<DatixlabAccount> {
    const body = this.registration(overrides);
    demand(await this.post('/register', body), 201);
    return this.login(body);
  }

  /** The same, with a verified address. */
  async verifiedOwner(overrides: Record<string, unknown> = {}): Promise<DatixlabAccount> {
    const owner = await this.owner(overrides);
    const sql = 'UPDATE users SET email_verified_at = now() WHERE id = $1';
    await this.t.database.query(sql, [uuidOf(owner.user.id)]);
    return owner;
  }

  /** Another session, from another address. */
  async login({ email, password }: Pick<DatixlabAccount, 'email' | 'password'>): Promise<DatixlabAccount> {
    const client = this.t.client();
    const { access_token: accessToken, user } = demand(
      await this.post('/login', { email, password }, client),
      200,
    ).body;
    return { email, password, accessToken, user, client: client.withToken(accessToken) };
  }

  /** The first step of a sign-in: throws where the second is not required. */
  async tempToken({ email, password }: Pick<DatixlabAccount, 'email' | 'password'>): Promise<string> {
    const { body, text } = demand(await this.post('/login', { email, password }), 200);
    if (body.requires_2fa !== true) throw new Error(`No second factor was required: ${text}`);
    return body.temp_token;
  }

  verify(temp_token: string, code: string, from: Client = this.t.client()): Promise<Reply<DatixlabAnswer>> {
    return this.post('/verify-2fa', { temp_token, code }, from);
  }

  /** Makes the person's tenant require a second factor of its members. */
  async requireTwoFactor({ user }: DatixlabAccount): Promise<void> {
    const id = uuidOf(user.organization_id ?? '');
    await this.t.database.query('UPDATE tenants SET require_two_factor = true WHERE id = $1', [id]);
  }

  /** A new API key of this person. */
  async createKey(by: DatixlabAccount, body: Record<string, unknown> = {}): Promise<DatixlabAnswer> {
    return demand(await this.post('/api-keys', { name: 'CI', ...body }, by.client), 201).body;
  }

  async me(client: Client): Promise<DatixlabAnswer> {
    return demand(await this.get('/me', client), 200).body;
  }
}

function demand(reply: Reply<DatixlabAnswer>, status: number): Reply<DatixlabAnswer> {
  if (reply.status === status) return reply;
  throw new Error(`A builder needed ${status} and got ${reply.status} ${reply.text}`);
}

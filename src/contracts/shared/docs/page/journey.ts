import { type Authenticator, enrolled, nextCode, used } from './authenticator.js';
import { PLACEHOLDERS } from './placeholders.js';
import { type ApiRequest, mapTexts, parseJson } from './request-texts.js';

/** Values that the page has learned from the responses so far. */
export interface Memory {
  accessToken?: string;
  refreshToken?: string;
  /** The address that receives the signed-in person's links. */
  email?: string;
  invitedEmail?: string;
  recoveryEmail?: string;
  otherSessionId?: string;
  otherOrganisationId?: string;
  apiKeyId?: string;
  roleId?: string;
  /** The number that receives one-time codes. */
  phone?: string;
  signupToken?: string;
  /** Of an open invitation. */
  invitationId?: string;
  departmentId?: string;
  teamId?: string;
  /** Of another member of the tenant. */
  memberId?: string;
  /** Of the signed-in person. */
  userId?: string;
  authenticator?: Authenticator;
  backupCodes?: string[];
  tempToken?: string;
}

export interface InboxMessage {
  template: string;
  link?: string;
  code?: string;
}

/** Reads the messages to one address, newest first; none without a development inbox. */
export type ReadInbox = (to: string) => Promise<InboxMessage[]>;

type Source = (memory: Memory, readInbox: ReadInbox) => string | undefined | Promise<string | undefined>;

const SOURCES: Record<string, Source> = {
  [PLACEHOLDERS.accessToken]: ({ accessToken }) => accessToken,
  [PLACEHOLDERS.refreshToken]: ({ refreshToken }) => refreshToken,
  [PLACEHOLDERS.sessionId]: ({ otherSessionId }) => otherSessionId,
  [PLACEHOLDERS.invitationToken]: ({ invitedEmail = 'newuser@acme.com' }, readInbox) =>
    newestToken(readInbox, invitedEmail, 'invitation'),
  [PLACEHOLDERS.resetToken]: ({ recoveryEmail = 'admin@acme.com' }, readInbox) =>
    newestToken(readInbox, recoveryEmail, 'password-reset'),
  [PLACEHOLDERS.verificationToken]: ({ email = 'admin@acme.com' }, readInbox) =>
    newestToken(readInbox, email, 'verify-email'),
  [PLACEHOLDERS.restorationToken]: ({ email = 'admin@acme.com' }, readInbox) =>
    newestToken(readInbox, email, 'account-restoration'),
  [PLACEHOLDERS.emailRevertToken]: ({ recoveryEmail = 'admin@acme.com' }, readInbox) =>
    newestToken(readInbox, recoveryEmail, 'notice'),
  [PLACEHOLDERS.otp]: async ({ phone = '+919876543210' }, readInbox) =>
    (await readInbox(phone)).find((message) => message.template === 'otp')?.code,
  [PLACEHOLDERS.signupToken]: ({ signupToken }) => signupToken,
  [PLACEHOLDERS.totp]: ({ authenticator }) => authenticator && nextCode(authenticator),
  [PLACEHOLDERS.backupCode]: ({ backupCodes }) => backupCodes?.at(-1),
  [PLACEHOLDERS.tempToken]: ({ tempToken }) => tempToken,
  [PLACEHOLDERS.apiKeyId]: ({ apiKeyId }) => apiKeyId,
  [PLACEHOLDERS.apiKeyTypeId]: ({ apiKeyId }) => apiKeyId,
  [PLACEHOLDERS.roleId]: ({ roleId }) => roleId,
  [PLACEHOLDERS.organisationId]: ({ otherOrganisationId }) => otherOrganisationId,
  [PLACEHOLDERS.invitationId]: ({ invitationId }) => invitationId,
  [PLACEHOLDERS.departmentId]: ({ departmentId }) => departmentId,
  [PLACEHOLDERS.teamId]: ({ teamId }) => teamId,
  [PLACEHOLDERS.userId]: ({ userId }) => userId,
  [PLACEHOLDERS.memberId]: ({ memberId }) => memberId,
};

/**
 * Replaces every placeholder of a request by its known value. Nothing else changes, except that an invitation from the
 * inbox is accepted as its recipient instead of the signed-in person.
 */
export async function fillPlaceholders<R extends ApiRequest>(
  request: R,
  memory: Memory,
  readInbox: ReadInbox,
): Promise<R> {
  const found = new Set<string>();
  mapTexts(request, (text) => {
    if (Object.hasOwn(SOURCES, text)) found.add(text);
    return text;
  });
  const values = new Map<string, string>();
  for (const placeholder of found) {
    const value = await SOURCES[placeholder]?.(memory, readInbox);
    if (value !== undefined) values.set(placeholder, value);
  }
  if (values.size === 0) return request;
  const filled = mapTexts(request, (text) => values.get(text) ?? text);
  return values.has(PLACEHOLDERS.invitationToken)
    ? { ...filled, headers: anonymous(filled.headers) }
    : filled;
}

/**
 * What is known after a request was answered with 2xx. An accepted invitation or a sign-up changes who is signed in.
 */
export function remember(memory: Memory, request: ApiRequest, answer: unknown): Memory {
  const path = request.url.replace(/^https?:\/\/[^/]+/, '').split('?')[0] ?? '';
  const body = (answer ?? {}) as Answer;
  switch (path) {
    case '/auth/invite/accept':
    case '/auth/signup':
      return memory;
    case '/auth/otp/request':
      return { ...memory, phone: (parseJson(request.body) as Answer | undefined)?.phone };
    case '/auth/otp/verify':
      return { ...memory, signupToken: body.signupToken };
    case '/users/me/organisations':
      return { ...memory, otherOrganisationId: body.id ?? memory.otherOrganisationId };
    case '/auth/api-keys':
    case '/v1/auth/api-keys':
      return { ...memory, apiKeyId: body.id ?? (body.data ?? body.api_keys)?.[0]?.id };
    case '/tenants/current/members':
      return { ...memory, memberId: body.data?.find(({ email }) => email === memory.invitedEmail)?.id };
    case '/tenants/current/roles':
      return { ...memory, roleId: body.id ?? memory.roleId };
    case '/auth/enable-2fa':
    case '/v1/auth/enable-2fa':
      return protectedBy(memory, body);
    case '/auth/confirm-2fa':
    case '/v1/auth/confirm-2fa':
      return signedIn(codeUsed(memory), path, body);
    case '/auth/backup-codes':
      return { ...codeUsed(memory), backupCodes: body.backupCodes };
    case '/auth/disable-2fa':
    case '/v1/auth/disable-2fa':
      return signedIn({ ...memory, authenticator: undefined, backupCodes: undefined }, path, body);
    case '/auth/invite':
      return { ...memory, invitedEmail: body.email, invitationId: body.id };
    case '/auth/invite/bulk':
      return { ...memory, invitationId: body.results?.find((one) => one.invitation)?.invitation?.id };
    case '/tenants/current/departments':
      return { ...memory, departmentId: body.id ?? memory.departmentId };
    case '/tenants/current/teams':
      return { ...memory, teamId: body.id ?? memory.teamId };
    case '/auth/forgot-password':
      return { ...memory, recoveryEmail: (parseJson(request.body) as Answer | undefined)?.email };
    case '/auth/logout':
    case '/users/me':
    case '/v1/auth/logout':
      return { ...memory, accessToken: undefined, refreshToken: undefined };
    case '/auth/me':
      return { ...memory, email: body.pendingEmail ?? body.email };
    case '/v1/auth/me':
      return { ...memory, email: body.pending_email ?? body.email };
    case '/auth/sessions':
      return { ...memory, otherSessionId: body.data?.find(({ current }) => !current)?.id };
    case `/auth/sessions/${memory.otherSessionId}`:
      return { ...memory, otherSessionId: undefined };
  }
  return signedIn(memory, path, body);
}

function signedIn(memory: Memory, path: string, body: Answer): Memory {
  const { accessToken = body.access_token, refreshToken = body.refresh_token, user } = body;
  const { tempToken = body.temp_token } = body;
  if (tempToken !== undefined) return { ...memory, tempToken };
  if (accessToken === undefined) return memory;
  const known = path.endsWith('/verify-2fa') ? codeUsed(memory) : memory;
  const kept = refreshToken ?? memory.refreshToken;
  return { ...known, accessToken, refreshToken: kept, ...identityOf(user, memory) };
}

function identityOf({ id, email }: NonNullable<Answer['user']> = {}, memory: Memory): Memory {
  return { userId: id ?? memory.userId, email: email ?? memory.email };
}

function protectedBy(memory: Memory, answer: Answer): Memory {
  const { secret = '', otpauthUri, backupCodes, backup_codes } = answer;
  const authenticator = enrolled(secret, otpauthUri);
  return { ...memory, authenticator, backupCodes: backupCodes ?? backup_codes };
}

function codeUsed(memory: Memory): Memory {
  const { authenticator } = memory;
  return { ...memory, authenticator: authenticator && used(authenticator), tempToken: undefined };
}

interface Answer {
  accessToken?: string;
  access_token?: string;
  refreshToken?: string;
  refresh_token?: string;
  user?: { id?: string; email?: string };
  id?: string;
  phone?: string;
  signupToken?: string;
  tempToken?: string;
  temp_token?: string;
  secret?: string;
  otpauthUri?: string;
  backupCodes?: string[];
  backup_codes?: string[];
  email?: string;
  pendingEmail?: string | null;
  results?: { invitation?: { id: string } }[];
  pending_email?: string;
  data?: { id: string; current?: boolean; email?: string | null }[];
  api_keys?: { id: string }[];
}

async function newestToken(readInbox: ReadInbox, to: string, template: string): Promise<string | undefined> {
  const newest = (await readInbox(to)).find((message) => message.template === template && message.link);
  const token = /[?&#]token=([^&#]+)/.exec(newest?.link ?? '')?.[1];
  return token === undefined ? undefined : decodeURIComponent(token);
}

function anonymous(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

import { codeOf, presentStep } from './authenticator.js';
import { PLACEHOLDERS } from './placeholders.js';
import { type ApiRequest, mapTexts, parseJson } from './request-texts.js';

/** What the page has learned from the answers so far. */
export interface Memory {
  accessToken?: string;
  refreshToken?: string;
  /** Where links for the signed-in person go. */
  email?: string;
  invitedEmail?: string;
  recoveryEmail?: string;
  otherSessionId?: string;
  otherOrganisationId?: string;
  /** Where one-time codes go. */
  phone?: string;
  signupToken?: string;
  /** Between password and code. */
  tempToken?: string;
  /** Of the authenticator that the page plays, and the last step of it that was used. */
  totpSecret?: string;
  totpStep?: number;
  backupCodes?: string[];
  trustedDeviceId?: string;
}

export interface InboxMessage {
  template: string;
  link?: string;
  code?: string;
}

/** The messages to one address, newest first; none where there is no development inbox. */
export type ReadInbox = (to: string) => Promise<InboxMessage[]>;

type Source = (memory: Memory, readInbox: ReadInbox) => string | undefined | Promise<string | undefined>;

const SOURCES: Record<string, Source> = {
  [PLACEHOLDERS.refreshToken]: ({ refreshToken }) => refreshToken,
  [PLACEHOLDERS.sessionId]: ({ otherSessionId }) => otherSessionId,
  [PLACEHOLDERS.invitationToken]: ({ invitedEmail = 'newuser@acme.com' }, readInbox) =>
    newestToken(readInbox, invitedEmail, 'invitation'),
  [PLACEHOLDERS.resetToken]: ({ recoveryEmail = 'admin@acme.com' }, readInbox) =>
    newestToken(readInbox, recoveryEmail, 'password-reset'),
  [PLACEHOLDERS.verificationToken]: ({ email = 'admin@acme.com' }, readInbox) =>
    newestToken(readInbox, email, 'verify-email'),
  [PLACEHOLDERS.otp]: async ({ phone = '+919876543210' }, readInbox) =>
    (await readInbox(phone)).find((message) => message.template === 'otp')?.code,
  [PLACEHOLDERS.signupToken]: ({ signupToken }) => signupToken,
  [PLACEHOLDERS.organisationId]: ({ otherOrganisationId }) => otherOrganisationId,
  [PLACEHOLDERS.tempToken]: ({ tempToken }) => tempToken,
  [PLACEHOLDERS.totp]: (memory) => memory.totpSecret && codeOf(memory.totpSecret, nextStep(memory)),
  [PLACEHOLDERS.backupCode]: ({ backupCodes }) => backupCodes?.[0],
  [PLACEHOLDERS.trustedDeviceId]: ({ trustedDeviceId }) => trustedDeviceId,
};

/**
 * The request with every placeholder replaced by what it stands for, as far as that is known. Nothing else of it
 * changes, but that an invitation taken from the inbox is accepted as its recipient, not as who is signed in.
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

/** What is known after a request was answered with 2xx. An accepted invitation or a sign-up signs in somebody else. */
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
    case '/auth/invite':
      return { ...memory, invitedEmail: body.email };
    case '/auth/forgot-password':
      return { ...memory, recoveryEmail: (parseJson(request.body) as Answer | undefined)?.email };
    case '/auth/logout':
      return { ...memory, accessToken: undefined, refreshToken: undefined };
    case '/auth/me':
      return { ...memory, email: body.pendingEmail ?? body.email };
    case '/auth/sessions':
      return { ...memory, otherSessionId: body.data?.find(({ current }) => !current)?.id };
    case `/auth/sessions/${memory.otherSessionId}`:
      return { ...memory, otherSessionId: undefined };
    case '/auth/enable-2fa':
      return { ...memory, totpSecret: body.secret, totpStep: undefined, backupCodes: body.backupCodes };
    case '/auth/disable-2fa':
      return { ...memory, totpSecret: undefined, totpStep: undefined, backupCodes: undefined };
    case '/auth/confirm-2fa':
      return { ...memory, ...usedCode(memory, request) };
    case '/auth/backup-codes':
      return { ...memory, ...usedCode(memory, request), backupCodes: body.backupCodes };
    case '/auth/trusted-devices':
      return { ...memory, trustedDeviceId: body.data?.[0]?.id };
  }
  if (body.tempToken !== undefined) return { ...memory, tempToken: body.tempToken };
  if (body.accessToken === undefined) return memory;
  const { accessToken, refreshToken, user } = body;
  const used = path === '/auth/verify-2fa' && usedCode(memory, request);
  return { ...memory, ...used, accessToken, refreshToken, email: user?.email ?? memory.email };
}

/** A code is good once: the next one is of a later step, which a server accepts while it is at most one ahead. */
function nextStep({ totpStep = 0 }: Memory): number {
  return Math.max(presentStep(), totpStep + 1);
}

function usedCode(memory: Memory, request: ApiRequest): Partial<Memory> {
  const { code } = (parseJson(request.body) ?? {}) as { code?: string };
  const left = memory.backupCodes?.filter((each) => each !== code);
  const isBackupCode = left?.length !== memory.backupCodes?.length;
  return isBackupCode ? { backupCodes: left } : { totpStep: nextStep(memory) };
}

interface Answer {
  accessToken?: string;
  refreshToken?: string;
  user?: { email?: string };
  id?: string;
  phone?: string;
  signupToken?: string;
  tempToken?: string;
  secret?: string;
  backupCodes?: string[];
  email?: string;
  pendingEmail?: string | null;
  data?: { id: string; current?: boolean }[];
}

async function newestToken(readInbox: ReadInbox, to: string, template: string): Promise<string | undefined> {
  const newest = (await readInbox(to)).find((message) => message.template === template);
  const token = /[?&#]token=([^&#]+)/.exec(newest?.link ?? '')?.[1];
  return token === undefined ? undefined : decodeURIComponent(token);
}

function anonymous(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

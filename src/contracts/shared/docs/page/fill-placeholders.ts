import { nextCode } from './authenticator.js';
import type { Memory } from './memory.js';
import { PLACEHOLDERS } from './placeholders.js';
import { type ApiRequest, mapTexts } from './request-texts.js';

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
  [PLACEHOLDERS.invitationToken]: ({ invited = 'newuser@acme.com' }, readInbox) =>
    newestToken(readInbox, invited, 'invitation'),
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
  [PLACEHOLDERS.serviceAccountId]: ({ serviceAccountId }) => serviceAccountId,
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

import type { Actor } from '../../common/actor.js';
import { normalize } from '../../common/bounded-text.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { AuditEvent } from '../audit/audit.service.js';

export type Channel = 'email' | 'sms';

/** What happened to an account. The notice goes to the identifier known before the change. */
export const NOTICE_EVENTS = [
  'password_changed',
  'password_recovered',
  'email_change_requested',
  'email_changed',
  'email_change_reverted',
  'phone_changed',
  'current_password_failures',
  'second_factor_failures',
  'two_factor_enabled',
  'two_factor_disabled',
  'two_factor_reset',
  'recovery_codes_regenerated',
  'trusted_device_added',
  'api_key_created',
  'api_key_rotated',
  'api_key_revoked',
  'session_reuse_detected',
  'new_device_login',
  'data_exported',
  'account_restored',
  'account_taken_over',
  'identifier_dropped',
  'claim_lost',
  'identifier_released',
  'membership_ended',
  'signed_out_by_operator',
  'session_ended_by_operator',
  'account_blocked',
  'account_unblocked',
  'impersonation_started',
  'limits_lifted',
  'tenant_suspended',
  'tenant_deletion_requested',
  'tenant_deletion_cancelled',
  'tenant_restored',
] as const;

export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** The person who makes Gatehouse send a message to a recipient of their choice. */
export interface Sender {
  /** Null if there is no session yet. */
  sessionId: string | null;
  userId: string;
  /** The active tenant, or null. */
  tenantId: string | null;
}

export const senderOf = ({ userId, session }: Actor): Sender => ({
  sessionId: session.sessionId,
  userId,
  tenantId: session.membership?.tenant.id ?? null,
});

export interface VerifyEmailMessage {
  template: 'verify-email';
  to: string;
  firstName: string;
  token: string;
  expiresAt: Date;
  origin: RequestOrigin;
  /** Set if the address is not the account's own but one that it wants to change to. */
  sender?: Sender;
}

export interface PasswordResetMessage {
  template: 'password-reset';
  to: string;
  firstName: string;
  token: string;
  expiresAt: Date;
  origin: RequestOrigin;
  /** The request comes from an IP address from which the account has signed in before. */
  fromKnownAddress?: boolean;
}

/** Who requested a message: an SMS is charged to both the origin and the tenant. */
interface Requested {
  origin: RequestOrigin;
  /** The tenant on whose behalf the message is sent, if any. */
  tenantId?: string | null;
  /** `actorId` and `target`: for the audit event if the message is withheld. */
  actorId?: string;
  target?: AuditEvent['target'];
}

export interface InvitationMessage extends Requested {
  template: 'invitation';
  channel: Channel;
  to: string;
  tenantName: string;
  inviterName: string;
  roleName: string;
  token: string;
  expiresAt: Date;
  sender?: Sender;
}

/** Additional content of a notice. */
export interface NoticeExtras {
  /** A link by which the reader reverts the change. */
  revert?: { token: string; expiresAt: Date };
  /** API keys that still work after a recovery. */
  keptKeys?: { name: string; prefix: string }[];
  /** Of an operator in the place of the reader. */
  impersonation?: { tenantName: string; reference: string; expiresAt: Date };
}

/**
 * Contains no secret and no link, so that a stranger who reads it gains nothing. The exception is a change of the
 * e-mail address, which contains a link to revert it.
 */
export interface NoticeMessage extends NoticeExtras, Requested {
  template: 'notice';
  /** Default: e-mail. */
  channel?: Channel;
  to: string;
  firstName: string;
  event: NoticeEvent;
  at: Date;
  /** The recipient is an identifier that the account has not verified. */
  unconfirmed?: boolean;
}

export interface OtpMessage extends Requested {
  template: 'otp';
  channel: Channel;
  purpose: 'sign-in' | 'password-reset';
  to: string;
  code: string;
  /** By this server's clock: for the text alone. */
  expiresAt: Date;
  /** As long as the code is valid, from the moment that the database records it. */
  ttlSeconds: number;
  /** The request comes from an IP address from which the account has signed in before. */
  fromKnownAddress?: boolean;
}

export interface AccountRestorationMessage extends Requested {
  template: 'account-restoration';
  channel: Channel;
  to: string;
  firstName: string;
  token: string;
  /** When the account is erased. */
  expiresAt: Date;
}

/** Every message that Gatehouse sends. Names are text that users typed: the message templates make it inert. */
export type OutgoingMessage =
  | VerifyEmailMessage
  | PasswordResetMessage
  | InvitationMessage
  | NoticeMessage
  | OtpMessage
  | AccountRestorationMessage;

/** The members of a message on which its limits depend. */
export type AddressedMessage =
  | Pick<VerifyEmailMessage, 'template' | 'to' | 'sender'>
  | Pick<PasswordResetMessage, 'template' | 'to' | 'fromKnownAddress'>
  | Pick<NoticeMessage, 'template' | 'to' | 'event' | 'channel' | 'unconfirmed'>
  | Pick<InvitationMessage, 'template' | 'to' | 'channel' | 'sender'>
  | Pick<OtpMessage, 'template' | 'to' | 'channel' | 'purpose' | 'fromKnownAddress'>
  | Pick<AccountRestorationMessage, 'template' | 'to' | 'channel'>;

export type Template = OutgoingMessage['template'];

export function channelOf(message: AddressedMessage): Channel {
  return ('channel' in message ? message.channel : undefined) ?? 'email';
}

/**
 * Returns the form that is hashed and compared: e-mail addresses trimmed and in lower case, phone numbers trimmed.
 * Throws for characters that could add a header or a second recipient, as a last defence: callers validate identifiers
 * before.
 */
export function normaliseRecipient(channel: Channel, to: string): string {
  if (!isRecipient(to)) throw new Error('The recipient is not an address');
  return channel === 'email' ? normalize(to, 'NFKC').trim().toLowerCase() : to.trim();
}

/** Whether the text is not empty and has no character that could add a header or a second recipient. */
export function isRecipient(to: string): boolean {
  const recipient = normalize(to, 'NFKC').trim();
  return recipient !== '' && !/[\p{C}\s<>]/u.test(recipient);
}

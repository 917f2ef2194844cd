import type { Actor } from '../../common/actor.js';
import { normalize } from '../../common/bounded-text.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { AuditEvent } from '../audit/audit.service.js';

export type Channel = 'email' | 'sms';

/** What happened to an account; its owner is told at the address known before the change. */
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
] as const;

export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** The person who has something sent to a recipient of their choosing. */
export interface Sender {
  /** Null before there is one. */
  sessionId: string | null;
  userId: string;
  /** The active tenant, where there is one. */
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
  /** Where the address is one that the account wants, and not its own. */
  sender?: Sender;
}

export interface PasswordResetMessage {
  template: 'password-reset';
  to: string;
  firstName: string;
  token: string;
  expiresAt: Date;
  /** Asked for from an address where the account signed in before. */
  fromKnownAddress?: boolean;
}

/** On whose request a message goes out: what an SMS costs is counted for both. */
interface Requested {
  origin: RequestOrigin;
  /** The tenant on whose behalf it is sent, where there is one. */
  tenantId?: string | null;
  /** Who asked for it, where that is known, and what it is about, for the trail of what did not leave. */
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

/** What a notice says beside the event. */
export interface NoticeExtras {
  /** A link by which the reader takes the change back. */
  revert?: { token: string; expiresAt: Date };
  /** API keys that go on working after a recovery. */
  keptKeys?: { name: string; prefix: string }[];
}

/**
 * Holds no secret and no link, so that it is worth nothing to whoever reads it; but for a change of the e-mail address,
 * which takes the account away from its reader.
 */
export interface NoticeMessage extends NoticeExtras, Requested {
  template: 'notice';
  /** Default: e-mail. */
  channel?: Channel;
  to: string;
  firstName: string;
  event: NoticeEvent;
  at: Date;
  /** The account only claims the recipient. */
  unconfirmed?: boolean;
}

export interface OtpMessage extends Requested {
  template: 'otp';
  channel: Channel;
  purpose: 'sign-in' | 'password-reset';
  to: string;
  code: string;
  expiresAt: Date;
  /** Asked for from an address where the account signed in before. */
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

/** Everything Gatehouse sends. Names may be any text a user typed: the letters make it inert. */
export type OutgoingMessage =
  | VerifyEmailMessage
  | PasswordResetMessage
  | InvitationMessage
  | NoticeMessage
  | OtpMessage
  | AccountRestorationMessage;

/** As much of a message as its limits depend on. */
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
 * The recipient as it is hashed and compared: e-mail trimmed and lower-cased, phone trimmed. Throws on characters
 * that could add a header or a second recipient: identifiers are validated long before they get here.
 */
export function normaliseRecipient(channel: Channel, to: string): string {
  if (!isRecipient(to)) throw new Error('The recipient is not an address');
  return channel === 'email' ? normalize(to, 'NFKC').trim().toLowerCase() : to.trim();
}

/** Whether there are no characters in it that could add a header or a second recipient. */
export function isRecipient(to: string): boolean {
  const recipient = normalize(to, 'NFKC').trim();
  return recipient !== '' && !/[\p{C}\s<>]/u.test(recipient);
}

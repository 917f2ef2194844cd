import { isIP } from 'node:net';
import { inertText } from '../inert-text.js';
import { buildLink } from '../links.js';
import type { NoticeEvent, NoticeMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { firstThatFits } from './sms-segment.js';
import { dateTime, greet } from './wording.js';

interface Wording {
  subject: string;
  text: string;
  /** Replaces CLOSING if its advice does not fit the event. */
  closing?: string;
}

/** Of further keys, the notice names only the number. */
const MAX_KEYS = 20;

const KEPT_KEYS = 'Older API keys of yours still work: they are below. Revoke those that you do not know.';
const REVERT =
  'Was this not you? The link below takes it back, once: your account has this address again, every session ends, the password is void, and you set a new one.';
const REVERT_CLOSING = 'If this was you, there is nothing to do.';
const CLOSING =
  'If this was you, there is nothing to do. If it was not, choose a new password at once and end all your sessions.';

const NOTICES: Record<NoticeEvent, Wording> = {
  password_changed: {
    subject: 'Your password was changed',
    text: 'The password of your account was changed. Other sessions were signed out.',
  },
  password_recovered: {
    subject: 'Your password was reset',
    text: 'The password of your account was reset by a link sent to you. All sessions were signed out.',
  },
  email_change_requested: {
    subject: 'A new e-mail address was requested',
    text: 'A new e-mail address was requested for your account. This address stays in use until the new one is confirmed.',
  },
  email_changed: {
    subject: 'Your e-mail address was changed',
    text: 'Your account now has another e-mail address. This one no longer signs in.',
  },
  email_change_reverted: {
    subject: 'A change of the e-mail address was taken back',
    text: 'The previous owner of your account has taken a change of its e-mail address back. All sessions were signed out, and the password no longer works.',
    closing: 'If you need the account, and it is yours, ask the operator of the service.',
  },
  phone_changed: {
    subject: 'Your phone number was changed',
    text: 'The phone number of your account was changed.',
  },
  current_password_failures: {
    subject: 'Wrong passwords in a session of yours',
    text: 'In a session of your account a wrong password was given ten times in a row. The person who did it is signed in as you.',
  },
  second_factor_failures: {
    subject: 'Wrong codes for your account',
    text: 'Ten wrong codes of an authenticator, or wrong backup codes, were given for your account in a row. The person who did it knows your password or is signed in as you.',
  },
  two_factor_enabled: {
    subject: 'Two-factor authentication was turned on',
    text: 'Two-factor authentication was turned on for your account.',
  },
  two_factor_disabled: {
    subject: 'Two-factor authentication was turned off',
    text: 'Two-factor authentication was turned off for your account. The password alone signs in now.',
  },
  two_factor_reset: {
    subject: 'Two-factor authentication was reset',
    text: 'The operator of the service removed two-factor authentication from your account, on request. All sessions were signed out. The password alone signs in now: turn two-factor authentication on again.',
  },
  recovery_codes_regenerated: {
    subject: 'New backup codes were made',
    text: 'New backup codes were made for your account. The old ones no longer work.',
  },
  trusted_device_added: {
    subject: 'A device is trusted now',
    text: 'A device was marked as trusted: it signs in to your account without a code for some time.',
  },
  api_key_created: { subject: 'An API key was created', text: 'An API key was created in your name.' },
  api_key_rotated: {
    subject: 'An API key was renewed',
    text: 'An API key of yours has a new secret. The old one stops working after a while.',
  },
  api_key_revoked: { subject: 'An API key was revoked', text: 'An API key of yours was revoked.' },
  session_reuse_detected: {
    subject: 'A session was ended for your safety',
    text: 'A sign-in token of yours was used twice, which can mean that it was stolen. We ended that session.',
  },
  new_device_login: {
    subject: 'New sign-in to your account',
    text: 'Your account was signed in to from a device we have not seen before.',
  },
  data_exported: {
    subject: 'Your data was exported',
    text: 'An archive of everything we hold about you was downloaded.',
  },
  account_restored: {
    subject: 'Your account is back',
    text: 'The deletion of your account was called off. Sign in as before; API keys have to be made anew.',
  },
  account_taken_over: {
    subject: 'The account with your address or number is yours now',
    text: 'Somebody had created an account with your address or number and never verified it. Now that it is verified the account is yours, emptied of what was set up before: its password, sessions, second factor, API keys, links, codes and invitations.',
    closing: 'If you did not verify it just now, reset the password of the account at once.',
  },
  identifier_dropped: {
    subject: 'Your address or number was removed from an account',
    text: 'An account had your address or number and another one, and had verified neither. The other one has been verified now, so yours is no longer part of that account.',
    closing: 'There is nothing to do. You can create an account with your address or number.',
  },
  claim_lost: {
    subject: 'An address or number was removed from your account',
    text: 'Your account had an address or number that was never verified. Somebody else has verified it, so it is no longer part of your account. Nothing else has changed.',
    closing: 'If it is yours, verify it again in your account.',
  },
  identifier_released: {
    subject: 'Your address or number was removed from another account',
    text: 'Another account had your address or number without having verified it. Now that it is verified it is no longer part of that account.',
    closing:
      'Nothing of that account is yours. You can use your address or number for an account of your own.',
  },
  membership_ended: {
    subject: 'You are no longer a member of an organisation',
    text: 'The account from which you were invited into an organisation has been taken over by the owner of its address. The people who were invited from it are no longer members.',
    closing: 'If you still belong to the organisation, ask its owner for a new invitation.',
  },
  signed_out_by_operator: {
    subject: 'You were signed out everywhere',
    text: 'The operator of the service ended all sessions of your account, its API keys, and the links and codes that were sent to you. Password and second factor are as before: sign in again.',
    closing: 'If you do not know why, ask the operator of the service.',
  },
  session_ended_by_operator: {
    subject: 'A session of yours was ended',
    text: 'The operator of the service ended a session of your account. Password, second factor and API keys are as before.',
    closing: 'If you do not know why, ask the operator of the service.',
  },
  account_blocked: {
    subject: 'Your account was blocked',
    text: 'The operator of the service blocked your account. All sessions were signed out, and nobody can sign in to it until it is unblocked.',
    closing: 'If you do not know why, ask the operator of the service.',
  },
  account_unblocked: {
    subject: 'Your account was unblocked',
    text: 'The operator of the service unblocked your account. Sign in as before; your API keys work again.',
    closing: 'There is nothing to do.',
  },
  tenant_suspended: {
    subject: 'Your organisation was suspended',
    text: 'The operator of the service suspended an organisation of which you are an owner. Nobody can use it until it is restored. Your account and your other organisations are as before.',
    closing: 'If you do not know why, ask the operator of the service.',
  },
  tenant_deletion_requested: {
    subject: 'Your organisation will be deleted',
    text: 'The operator of the service requested the deletion of an organisation of which you are an owner. Nobody can use it from now on, and when the time to restore it is over it is erased. Your account and your other organisations are as before.',
    closing: 'If you do not know why, ask the operator of the service.',
  },
  tenant_deletion_cancelled: {
    subject: 'Your organisation will not be deleted',
    text: 'The operator of the service called the deletion of an organisation of which you are an owner off. It stays suspended until it is restored.',
    closing: 'If you do not know why, ask the operator of the service.',
  },
  tenant_restored: {
    subject: 'Your organisation was restored',
    text: 'The operator of the service restored an organisation of which you are an owner. Its members can use it again.',
    closing: 'There is nothing to do.',
  },
};

export function renderNotice(message: NoticeMessage, { appUrl, sender }: TemplateContext): RenderedMessage {
  const { subject, text, closing } = NOTICES[message.event];
  const { address } = message.origin;
  const from = isIP(address) === 0 ? [] : [{ label: 'From', value: address }];
  const { revert, keptKeys = [] } = message;
  return {
    subject,
    sender,
    greeting: greet(message.firstName),
    paragraphs: [text, ...(revert ? [REVERT] : []), ...(keptKeys.length > 0 ? [KEPT_KEYS] : [])],
    ...(revert && {
      action: { label: 'Take it back', link: buildLink(appUrl, 'email-change-revert', revert.token) },
    }),
    facts: [
      { label: 'When', value: dateTime(message.at) },
      ...from,
      ...(revert ? [{ label: 'The link works until', value: dateTime(revert.expiresAt) }] : []),
      ...keptKeyFacts(keptKeys),
    ],
    closing: closing ?? (revert ? REVERT_CLOSING : CLOSING),
  };
}

/** Names and prefixes, which identify the keys and are no secrets. */
function keptKeyFacts(keys: NonNullable<NoticeMessage['keptKeys']>): { label: string; value: string }[] {
  const facts = keys.slice(0, MAX_KEYS).map(({ name, prefix }) => ({
    label: 'API key',
    value: `${inertText(name, 'without a name')} (${prefix}…)`,
  }));
  const left = keys.length - facts.length;
  return left > 0 ? [...facts, { label: 'More API keys', value: String(left) }] : facts;
}

/**
 * The notice by SMS, in one segment: what happened, and what to do. Contains no link and nothing that a stranger could
 * use, except for a change of the e-mail address: there the wording is shortened to fit the link that reverts it.
 */
export function noticeSms(message: NoticeMessage, { appUrl, sender }: TemplateContext): RenderedMessage {
  const { subject, closing } = NOTICES[message.event];
  const { revert } = message;
  if (revert) {
    const link = buildLink(appUrl, 'email-change-revert', revert.token);
    const text = firstThatFits([`${subject}. Take it back: ${link}`, `Take it back: ${link}`, link]);
    return { subject, sender, paragraphs: [text], action: { label: 'Take it back', link }, closing: '' };
  }
  const advice = closing === undefined ? ' If this was not you, choose a new password at once.' : '';
  const text = firstThatFits([
    `${sender}: ${subject}.${advice}`,
    `${subject}.${advice}`,
    `${subject}.`,
    subject,
  ]);
  return { subject, sender, paragraphs: [text], closing: '' };
}

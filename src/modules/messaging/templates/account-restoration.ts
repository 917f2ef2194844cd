import { buildLink } from '../links.js';
import type { AccountRestorationMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { firstThatFits } from './sms-segment.js';
import { dateTime, day, greet } from './wording.js';

const SUBJECT = 'Your account is being deleted';

export function renderAccountRestoration(
  message: AccountRestorationMessage,
  { appUrl, sender }: TemplateContext,
): RenderedMessage {
  return {
    subject: SUBJECT,
    sender,
    greeting: greet(message.firstName),
    paragraphs: [
      'The deletion of your account was requested. It is closed now, and all sessions and API keys have ended.',
      `Until ${dateTime(message.expiresAt)} the link brings it back, once. Then everything is erased for good.`,
    ],
    action: {
      label: 'Keep my account',
      link: buildLink(appUrl, 'account-restoration', message.token),
    },
    closing:
      'If you want it deleted, there is nothing to do. If this was not you, bring the account back and choose a new password.',
  };
}

/** The account restoration by SMS, in one segment: the wording is shortened to fit the link. */
export function accountRestorationSms(
  message: AccountRestorationMessage,
  { appUrl, sender }: TemplateContext,
): RenderedMessage {
  const link = buildLink(appUrl, 'account-restoration', message.token);
  const text = firstThatFits([
    `Your account will be deleted on ${day(message.expiresAt)}. Keep it: ${link}`,
    `Your account is being deleted. Keep it: ${link}`,
    link,
  ]);
  const action = { label: 'Keep my account', link };
  return { subject: SUBJECT, sender, paragraphs: [text], action, closing: '' };
}

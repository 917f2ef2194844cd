import { buildLink } from '../links.js';
import type { VerifyEmailMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { dateTime, greet } from './wording.js';

export function renderVerifyEmail(
  message: VerifyEmailMessage,
  { appUrl, sender }: TemplateContext,
): RenderedMessage {
  return {
    subject: 'Confirm your e-mail address',
    sender,
    greeting: greet(message.firstName),
    paragraphs: [
      'Please confirm that this e-mail address is yours.',
      `The link works once, until ${dateTime(message.expiresAt)}.`,
    ],
    action: { label: 'Confirm e-mail address', link: buildLink(appUrl, 'verify-email', message.token) },
    closing: 'If you did not ask for this, ignore this message: without the link nothing is confirmed.',
  };
}

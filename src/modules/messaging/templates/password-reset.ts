import { buildLink } from '../links.js';
import type { PasswordResetMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { dateTime, greet } from './wording.js';

export function renderPasswordReset(
  message: PasswordResetMessage,
  { appUrl, sender }: TemplateContext,
): RenderedMessage {
  return {
    subject: 'Reset your password',
    sender,
    greeting: greet(message.firstName),
    paragraphs: [
      'Somebody, probably you, asked to reset the password of your account.',
      `The link works once, until ${dateTime(message.expiresAt)}. A new password signs you out everywhere.`,
    ],
    action: { label: 'Choose a new password', link: buildLink(appUrl, 'password-reset', message.token) },
    closing: 'If you did not ask for this, ignore this message: your password stays as it is.',
  };
}

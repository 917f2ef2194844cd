import { buildLink } from '../links.js';
import type { PasswordResetMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { actionOf, greet } from './wording.js';

export function renderPasswordReset(
  message: PasswordResetMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  return {
    subject: texts.say('password-reset.subject'),
    sender,
    language: texts.language,
    greeting: greet(texts, message.firstName),
    paragraphs: [
      texts.say('password-reset.text'),
      texts.say('password-reset.validity', {
        until: texts.dateTime(message.expiresAt, 'password-reset.validity'),
      }),
    ],
    action: actionOf(texts, 'password-reset.action', buildLink(appUrl, 'password-reset', message.token)),
    closing: texts.say('password-reset.closing'),
  };
}

import { buildLink } from '../links.js';
import type { VerifyEmailMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { actionOf, greet } from './wording.js';

export function renderVerifyEmail(
  message: VerifyEmailMessage,
  { appUrl, sender, texts }: TemplateContext,
): RenderedMessage {
  return {
    subject: texts.say('verify-email.subject'),
    sender,
    language: texts.language,
    greeting: greet(texts, message.firstName),
    paragraphs: [
      texts.say('verify-email.text'),
      texts.say('verify-email.validity', {
        until: texts.dateTime(message.expiresAt, 'verify-email.validity'),
      }),
    ],
    action: actionOf(texts, 'verify-email.action', buildLink(appUrl, 'verify-email', message.token)),
    closing: texts.say('verify-email.closing'),
  };
}

import type { OtpMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { dateTime } from './wording.js';

export function renderOtp({ code, expiresAt }: OtpMessage, { sender }: TemplateContext): RenderedMessage {
  const validity = `It works once, until ${dateTime(expiresAt)}.`;
  return {
    subject: `Your ${sender} code`,
    sender,
    paragraphs: ['Enter this code to continue.', validity],
    code,
    closing: 'Never tell it to anybody. If you did not ask for it, ignore this message.',
  };
}

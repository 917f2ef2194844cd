import type { OtpMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';

export function renderOtp(
  { code, expiresAt }: OtpMessage,
  { sender, texts }: TemplateContext,
): RenderedMessage {
  return {
    subject: texts.say('otp.subject', { sender }),
    sender,
    language: texts.language,
    paragraphs: [
      texts.say('otp.text'),
      texts.say('otp.validity', { until: texts.dateTime(expiresAt, 'otp.validity') }),
    ],
    code,
    closing: texts.say('otp.closing'),
  };
}

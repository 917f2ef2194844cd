import type { OtpMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { firstThatFits } from './sms-segment.js';

/**
 * The code by SMS, in one segment. The last line binds the code to the application's domain, so that browsers offer it
 * only there (WICG "Origin-bound one-time codes", used by WebOTP).
 */
export function otpSms({ code }: OtpMessage, { appUrl, sender }: TemplateContext): RenderedMessage {
  const binding = `@${new URL(appUrl).hostname} #${code}`;
  const text = firstThatFits([
    `${code} is your ${sender} code. Never tell it to anybody.\n${binding}`,
    `${code} is your ${sender} code.\n${binding}`,
    `${code} is your code.\n${binding}`,
    binding,
  ]);
  return { subject: `Your ${sender} code`, sender, paragraphs: [text], code, closing: '' };
}

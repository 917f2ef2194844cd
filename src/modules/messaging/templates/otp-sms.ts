import type { OtpMessage } from '../outgoing-message.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { firstThatFits } from './sms-segment.js';
import { smsTexts } from './wording.js';

/**
 * The code by SMS, in one segment. The last line binds the code to the application's domain, so that browsers offer it
 * only there (WICG "Origin-bound one-time codes", used by WebOTP).
 */
export function otpSms({ code }: OtpMessage, { appUrl, sender, texts }: TemplateContext): RenderedMessage {
  const binding = `@${new URL(appUrl).hostname} #${code}`;
  const wordings = smsTexts(texts).flatMap(({ say }) => [
    say('otp.sms', { code, sender }),
    say('otp.sms.short', { code, sender }),
    say('otp.sms.shortest', { code }),
  ]);
  const text = firstThatFits([...wordings.map((wording) => `${wording}\n${binding}`), binding]);
  return { subject: texts.say('otp.subject', { sender }), sender, paragraphs: [text], code, closing: '' };
}

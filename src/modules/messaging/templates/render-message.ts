import type { OutgoingMessage } from '../outgoing-message.js';
import { accountRestorationSms, renderAccountRestoration } from './account-restoration.js';
import { renderInvitation } from './invitation.js';
import { invitationSms } from './invitation-sms.js';
import { noticeSms, renderNotice } from './notice.js';
import { renderOtp } from './otp.js';
import { otpSms } from './otp-sms.js';
import { renderPasswordReset } from './password-reset.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { renderVerifyEmail } from './verify-email.js';

/** Renders a message, from the product's sender. Text that users typed is inert (see `inertText`) in the result, but not HTML-escaped. */
export function renderMessage(message: OutgoingMessage, context: TemplateContext): RenderedMessage {
  const rendered = renderTemplate(message, context);
  return context.from ? { ...rendered, from: context.from } : rendered;
}

function renderTemplate(message: OutgoingMessage, context: TemplateContext): RenderedMessage {
  switch (message.template) {
    case 'verify-email':
      return renderVerifyEmail(message, context);
    case 'password-reset':
      return renderPasswordReset(message, context);
    case 'invitation':
      return message.channel === 'sms' ? invitationSms(message, context) : renderInvitation(message, context);
    case 'notice':
      return message.channel === 'sms' ? noticeSms(message, context) : renderNotice(message, context);
    case 'otp':
      return message.channel === 'sms' ? otpSms(message, context) : renderOtp(message, context);
    case 'account-restoration':
      return message.channel === 'sms'
        ? accountRestorationSms(message, context)
        : renderAccountRestoration(message, context);
  }
}

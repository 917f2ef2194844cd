import type { OutgoingMessage } from '../outgoing-message.js';
import { renderAccountRestoration, accountRestorationSms } from './account-restoration.js';
import { invitationSms } from './invitation-sms.js';
import { renderInvitation } from './invitation.js';
import type { RenderedMessage, TemplateContext } from './rendered-message.js';
import { renderNotice, noticeSms } from './notice.js';
import { otpSms } from './otp-sms.js';
import { renderOtp } from './otp.js';
import { renderPasswordReset } from './password-reset.js';
import { renderVerifyEmail } from './verify-email.js';

/** Renders a message. Text that users typed is inert (see `inertText`) in the result, but not HTML-escaped. */
export function renderMessage(message: OutgoingMessage, context: TemplateContext): RenderedMessage {
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

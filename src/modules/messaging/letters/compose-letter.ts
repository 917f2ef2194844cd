import type { OutgoingMessage } from '../outgoing-message.js';
import { accountRestorationLetter, accountRestorationSms } from './account-restoration.js';
import { invitationSms } from './invitation-sms.js';
import { invitationLetter } from './invitation.js';
import type { Letter, LetterContext } from './letter.js';
import { noticeLetter, noticeSms } from './notice.js';
import { otpSms } from './otp-sms.js';
import { otpLetter } from './otp.js';
import { passwordResetLetter } from './password-reset.js';
import { verifyEmailLetter } from './verify-email.js';

/** What a message says. All user-supplied text in the letter is inert (see `inertText`), yet not HTML-escaped. */
export function composeLetter(message: OutgoingMessage, context: LetterContext): Letter {
  switch (message.template) {
    case 'verify-email':
      return verifyEmailLetter(message, context);
    case 'password-reset':
      return passwordResetLetter(message, context);
    case 'invitation':
      return message.channel === 'sms' ? invitationSms(message, context) : invitationLetter(message, context);
    case 'notice':
      return message.channel === 'sms' ? noticeSms(message, context) : noticeLetter(message, context);
    case 'otp':
      return message.channel === 'sms' ? otpSms(message, context) : otpLetter(message, context);
    case 'account-restoration':
      return message.channel === 'sms'
        ? accountRestorationSms(message, context)
        : accountRestorationLetter(message, context);
  }
}

import { AppError } from '../../common/app-error.js';

/** Wrong, expired, used, replaced and never issued are one refusal. */
export class OtpInvalid extends AppError {
  constructor() {
    super('otp_invalid', { detail: 'Check the newest code, or ask for another.' });
  }
}

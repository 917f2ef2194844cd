import { AppError } from '../../common/app-error.js';

/** Wrong, expired, used and replaced codes, and codes that were never issued, return this same error. */
export class OtpInvalid extends AppError {
  constructor() {
    super('otp_invalid', { detail: 'Check the newest code, or ask for another.' });
  }
}

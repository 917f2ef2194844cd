import { AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';

/** What the verification of a one-time code throws. */
export const OTP_PROBLEMS = ['otp_invalid', 'too_many_attempts'] as const satisfies readonly ErrorCode[];

/** Wrong, expired, used and replaced codes, and codes that were never issued, return this same error. */
export class OtpInvalid extends AppError {
  constructor() {
    super('otp_invalid', { detail: 'Check the newest code, or ask for another.' });
  }
}

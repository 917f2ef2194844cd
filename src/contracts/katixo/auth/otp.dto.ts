import { ApiProperty } from '@nestjs/swagger';
import type { OtpVerification } from '../../../modules/auth/otp-sign-in.service.js';
import type { OtpSchedule } from '../../../modules/otp/otp-codes.js';
import {
  CodeField,
  EmailField,
  FullNameField,
  NameField,
  PasswordField,
  PhoneField,
  SecretField,
} from '../../shared/fields.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { AuthResponseDto, SIGNED_IN } from './auth-response.dto.js';

export class RequestOtpDto {
  @PhoneField()
  phone: string;
}

export class OtpScheduleDto {
  @ApiProperty({ example: 300, description: 'Seconds until the code expires' })
  expiresIn: number;

  @ApiProperty({ example: 60, description: 'Seconds until you can request another one' })
  resendIn: number;

  static from({ expiresIn, resendIn }: OtpSchedule): OtpScheduleDto {
    return { expiresIn, resendIn };
  }
}

export class VerifyOtpDto extends RequestOtpDto {
  @CodeField()
  otp: string;
}

/** The phone number has an account: the person is signed in. */
export class KnownPhoneDto extends AuthResponseDto {
  @ApiProperty({ enum: [false] })
  isNewUser: false;
}

/** The phone number has no account: it is verified, and `POST /auth/signup` creates one. */
export class NewPhoneDto {
  @ApiProperty({ enum: [true] })
  verified: true;

  @ApiProperty({ enum: [true] })
  isNewUser: true;

  @ApiProperty({ description: 'Needed to sign up from another address than the one that verified the phone' })
  signupToken: string;
}

export function verificationDto(
  outcome: OtpVerification,
): KnownPhoneDto | NewPhoneDto | SecondFactorRequiredDto {
  if (outcome.kind === 'second-factor') return new SecondFactorRequiredDto(outcome.tempToken);
  if (outcome.kind === 'signed-in') {
    const signedIn = AuthResponseDto.from(outcome.tokens);
    return { ...signedIn, isNewUser: false };
  }
  const { signupToken } = outcome;
  return { verified: true, isNewUser: true, signupToken };
}

export const verificationMessage = ({ isNewUser }: KnownPhoneDto | NewPhoneDto): string =>
  isNewUser ? 'OTP verified successfully' : SIGNED_IN;

/** What a person says of themselves and their organisation, beside the phone. */
class RegistrationDetailsDto {
  @PasswordField({ example: 'secureP@ss123' })
  password: string;

  @NameField({ optional: true, example: 'RETAILER', max: 64 })
  businessType?: string;
}

const EMAIL = { optional: true, description: 'A verification link is sent there' };

export class RegisterDto extends RegistrationDetailsDto {
  @PhoneField({ example: '+919876543212' })
  phone: string;

  @FullNameField({ example: 'Amit Sharma' })
  name: string;

  @EmailField({ ...EMAIL, example: 'amit@example.com' })
  email?: string;

  @NameField({ example: 'Sharma Traders', max: 100 })
  businessName: string;
}

export class SignupDto extends RegistrationDetailsDto {
  @PhoneField()
  phone: string;

  @FullNameField({ example: 'Rajesh Kumar' })
  name: string;

  @EmailField({ ...EMAIL, example: 'rajesh@example.com' })
  email?: string;

  @NameField({ example: 'Kumar General Store', max: 100 })
  businessName: string;

  @SecretField({
    optional: true,
    description:
      'From `POST /auth/otp/verify`; not needed if the phone was just verified from the same address',
  })
  signupToken?: string;
}

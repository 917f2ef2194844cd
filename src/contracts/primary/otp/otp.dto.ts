import { ApiProperty } from '@nestjs/swagger';
import type { OtpVerification } from '../../../modules/auth/otp-sign-in.service.js';
import type { OtpSchedule } from '../../../modules/otp/otp-codes.js';
import type { IssuedTokens } from '../../../modules/sessions/sessions.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { duration } from '../../shared/docs/settings.js';
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
import { SignedInDto } from '../auth/session.dto.js';

export class RequestOtpDto {
  @PhoneField({ or: 'email', example: '+919876543220' })
  phone?: string;

  @EmailField({ or: 'phone', example: undefined, description: 'If `EMAIL_CODE_SIGN_IN` is on' })
  email?: string;
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
  @CodeField({ example: PLACEHOLDERS.otp })
  code: string;
}

/** The identifier has an account: the person is signed in. */
export class KnownByOtpDto extends SignedInDto {
  @ApiProperty({ enum: [false] })
  isNewUser: false;

  static override from(tokens: IssuedTokens): KnownByOtpDto {
    return { ...SignedInDto.from(tokens), isNewUser: false };
  }
}

/** The identifier has no account: it is verified, and `POST /auth/signup` creates one. */
export class NewByOtpDto {
  @ApiProperty({ enum: [true] })
  verified: true;

  @ApiProperty({ enum: [true] })
  isNewUser: true;

  @ApiProperty({ description: `Valid for one sign-up, for ${duration('SIGNUP_PROOF_TTL_SECONDS')}` })
  signupToken: string;

  static of(signupToken: string): NewByOtpDto {
    return { verified: true, isNewUser: true, signupToken };
  }
}

export function verificationAnswer(
  outcome: OtpVerification,
): KnownByOtpDto | NewByOtpDto | SecondFactorRequiredDto {
  switch (outcome.kind) {
    case 'signed-in':
      return KnownByOtpDto.from(outcome.tokens);
    case 'second-factor':
      return new SecondFactorRequiredDto(outcome.tempToken);
    case 'new':
      return NewByOtpDto.of(outcome.signupToken);
  }
}

export class SignupDto {
  @SecretField({ example: PLACEHOLDERS.signupToken, description: 'From `POST /auth/otp/verify`' })
  signupToken: string;

  @NameField({ or: 'name', example: 'Anita' })
  firstName?: string;

  @NameField({ min: 0, with: 'firstName', example: 'Desai' })
  lastName?: string;

  @FullNameField({ or: 'firstName', description: 'Instead of `firstName` and `lastName`' })
  name?: string;

  @EmailField({
    optional: true,
    example: 'anita@example.com',
    description: 'A verification link is sent there',
  })
  email?: string;

  @PasswordField({ example: 'secureP@ss123' })
  password: string;

  @NameField({ example: 'Desai Textiles', max: 100 })
  companyName: string;

  @NameField({ optional: true, example: 'RETAILER', max: 64 })
  businessType?: string;
}

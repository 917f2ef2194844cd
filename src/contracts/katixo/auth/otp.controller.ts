import { Body, Controller, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { Idempotent } from '../../../access/idempotent.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin, FormerUserId, OptionalActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { OtpSignInService } from '../../../modules/auth/otp-sign-in.service.js';
import { SignupService } from '../../../modules/auth/signup.service.js';
import { OTP_PROBLEMS } from '../../../modules/otp/otp.errors.js';
import { PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { HASHING } from '../../shared/hashing.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { Operation } from '../envelope/operation.js';
import { AuthResponseDto, SIGNED_IN, signInAnswer } from './auth-response.dto.js';
import {
  KnownPhoneDto,
  NewPhoneDto,
  OtpScheduleDto,
  RequestOtpDto,
  SignupDto,
  verificationDto,
  verificationMessage,
  VerifyOtpDto,
} from './otp.dto.js';
import { registrationOf } from './registration.js';

@ApiTags('Sign-up by phone')
@Controller('auth')
export class OtpController {
  constructor(
    private readonly otpSignIn: OtpSignInService,
    private readonly signup: SignupService,
  ) {}

  @Post('otp/request')
  @Authorize.public('Anybody may ask for a code to their own phone')
  @RateLimit('message')
  @Operation('Request an OTP', {
    status: 200,
    message: 'OTP sent successfully',
    returns: OtpScheduleDto,
    description:
      'The response is the same whether or not the phone has an account. A newer OTP invalidates the older ' +
      'one.',
    problems: ['validation_failed'],
  })
  async requestOtp(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { phone }: RequestOtpDto,
  ): Promise<OtpScheduleDto> {
    return OtpScheduleDto.from(await this.otpSignIn.request({ kind: 'phone', value: phone }, origin));
  }

  @Post('otp/verify')
  @Authorize.optional('The code is the credential; a session tells whose proof it is of an unverified number')
  @RateLimit('sign-in')
  @Operation('Verify an OTP', {
    status: 200,
    message: verificationMessage,
    returns: { oneOf: [KnownPhoneDto, NewPhoneDto] },
    secondFactor: SecondFactorRequiredDto,
    description:
      'Signs in to the account that has the phone; with a new phone you can then sign up. It verifies a phone ' +
      'that an account has not verified yet. In a session of that account (bearer token) nothing else ' +
      'changes; otherwise you get the account, emptied of its password and of everything set up before. A token ' +
      'that has ended is ignored, unless the account is the one it names: refresh it first, so that nothing is lost.',
    problems: ['validation_failed', 'access_token_invalid', ...OTP_PROBLEMS],
  })
  async verifyOtp(
    @OptionalActor() actor: Actor | null,
    @FormerUserId() formerUserId: string | null,
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { phone, otp }: VerifyOtpDto,
  ): Promise<KnownPhoneDto | NewPhoneDto | SecondFactorRequiredDto> {
    const identifier = { kind: 'phone', value: phone } as const;
    const verified = await this.otpSignIn.verify(identifier, otp, origin, actor, formerUserId);
    return verificationDto(verified);
  }

  @Post('signup')
  @RouteConfig(HASHING)
  @Authorize.public('The phone was verified just now, from the same address or with the sign-up token')
  @RateLimit('registration')
  @Operation('Complete the sign-up with organisation details', {
    status: 201,
    message: SIGNED_IN,
    returns: AuthResponseDto,
    secondFactor: SecondFactorRequiredDto,
    problems: [
      'validation_failed',
      'phone_not_verified',
      'signup_token_invalid',
      ...PASSWORD_PROBLEMS,
      'phone_taken',
      'email_taken',
    ],
  })
  @Idempotent()
  async signUp(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: SignupDto,
  ): Promise<AuthResponseDto | SecondFactorRequiredDto> {
    const { signupToken, ...details } = body;
    return signInAnswer(await this.signup.signUp({ ...registrationOf(details), signupToken }, origin));
  }
}

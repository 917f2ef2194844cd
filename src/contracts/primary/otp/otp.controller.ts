import { Body, Controller, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { BrowserSession } from '../../../access/browser-session.js';
import { Idempotent } from '../../../access/idempotent.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin, FormerUserId, OptionalActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { identifierOf, namesOf } from '../../../common/identifiers.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { OtpSignInService } from '../../../modules/auth/otp-sign-in.service.js';
import { SignupService } from '../../../modules/auth/signup.service.js';
import { OTP_PROBLEMS } from '../../../modules/otp/otp.errors.js';
import { PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { HASHING } from '../../shared/hashing.js';
import { Operation } from '../../shared/operation.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { SignedInDto, signInAnswer } from '../auth/session.dto.js';
import {
  KnownByOtpDto,
  NewByOtpDto,
  OtpScheduleDto,
  RequestOtpDto,
  SignupDto,
  verificationAnswer,
  VerifyOtpDto,
} from './otp.dto.js';

@ApiTags('One-time codes')
@Controller('auth')
export class OtpController {
  constructor(
    private readonly otpSignIn: OtpSignInService,
    private readonly signup: SignupService,
  ) {}

  @Post('otp/request')
  @Authorize.public('Anybody may ask for a code to their own phone')
  @RateLimit('message')
  @Operation('Ask for a code to sign in or up with', {
    status: 200,
    returns: OtpScheduleDto,
    description:
      'A newer code invalidates the older one. The response is the same whether or not the number has an ' +
      'account, and whether or not a limit withholds the code. Codes by SMS can be intercepted if a SIM is ' +
      'stolen or swapped: a password is stronger.',
    problems: ['validation_failed', 'email_codes_disabled'],
  })
  async requestOtp(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: RequestOtpDto,
  ): Promise<OtpScheduleDto> {
    return OtpScheduleDto.from(await this.otpSignIn.request(identifierOf(body), origin));
  }

  @Post('otp/verify')
  @Authorize.optional('The code is the credential; a session tells whose proof it is of an unverified number')
  @RateLimit('sign-in')
  @Operation('Verify a code', {
    status: 200,
    returns: { oneOf: [KnownByOtpDto, NewByOtpDto] },
    secondFactor: SecondFactorRequiredDto,
    description:
      'Signs in to the account that has the number; if there is none, you get a `signupToken`. It verifies a ' +
      'number that an account has not verified yet. In a session of that account (bearer token) nothing else ' +
      'changes; otherwise you get the account, emptied of its password and of everything set up before. An ' +
      'account with a verified e-mail address loses the number instead, and you get a `signupToken`. A token ' +
      'that has ended is ignored, unless the account is the one it names: refresh it first, so that nothing is lost.',
    problems: ['validation_failed', 'access_token_invalid', ...OTP_PROBLEMS, 'email_codes_disabled'],
  })
  @BrowserSession('opens')
  async verifyOtp(
    @OptionalActor() actor: Actor | null,
    @FormerUserId() formerUserId: string | null,
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: VerifyOtpDto,
  ): Promise<KnownByOtpDto | NewByOtpDto | SecondFactorRequiredDto> {
    const verified = await this.otpSignIn.verify(identifierOf(body), body.code, origin, actor, formerUserId);
    return verificationAnswer(verified);
  }

  @Post('signup')
  @RouteConfig(HASHING)
  @Authorize.public('The sign-up token is the credential')
  @RateLimit('registration')
  @Operation('Sign up with a verified phone number', {
    status: 201,
    returns: SignedInDto,
    secondFactor: SecondFactorRequiredDto,
    problems: [
      'validation_failed',
      'signup_token_invalid',
      ...PASSWORD_PROBLEMS,
      'email_taken',
      'phone_taken',
      'company_name_taken',
    ],
  })
  @Idempotent()
  @BrowserSession('opens')
  async signUp(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: SignupDto,
  ): Promise<SignedInDto | SecondFactorRequiredDto> {
    const details = { ...body, ...namesOf(body), template: 'primary' } as const;
    return signInAnswer(await this.signup.signUp(details, origin));
  }
}

import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { Idempotent } from '../../../access/idempotent.js';
import { LocalAuthGuard } from '../../../access/local-auth.guard.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor, CurrentOrigin, FirstFactor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { PasswordSignInService } from '../../../modules/auth/password-sign-in.service.js';
import { RegistrationService } from '../../../modules/auth/registration.service.js';
import type { AuthenticationResult } from '../../../modules/auth/sign-in.service.js';
import { PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { RenewalService } from '../../../modules/sessions/renewal.service.js';
import { duration } from '../../shared/docs/settings.js';
import { HASHING } from '../../shared/hashing.js';
import { Operation } from '../../shared/operation.js';
import { SecondFactorRequiredDto } from '../two-factor/two-factor.dto.js';
import { registrationOf } from './registration.js';
import { LoginDto, RegisterDto, SignedInDto, signInAnswer, TokenDto } from './sign-in.dto.js';
import { RegisteredDto } from './user.dto.js';

@ApiTags('Sign-in')
@Controller()
export class SignInController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly passwords: PasswordSignInService,
    private readonly renewal: RenewalService,
  ) {}

  @Post('register')
  @RouteConfig(HASHING)
  @Authorize.public('Anybody may found an organisation')
  @RateLimit('registration')
  @Operation('Register an organisation and its administrator', {
    status: 201,
    returns: RegisteredDto,
    description: 'Sends a verification link to the e-mail address. Sign in with `POST /login`.',
    problems: [...PASSWORD_PROBLEMS, 'email_taken'],
  })
  @Idempotent()
  async register(@CurrentOrigin() origin: RequestOrigin, @Body() body: RegisterDto): Promise<RegisteredDto> {
    return RegisteredDto.from(await this.registration.registerOnly(registrationOf(body), origin));
  }

  @Post('login')
  @RouteConfig(HASHING)
  @Authorize.public('The password is the credential')
  @RateLimit('sign-in')
  @UseGuards(LocalAuthGuard(LoginDto))
  @ApiBody({ type: LoginDto })
  @Operation('Sign in with e-mail and password', {
    status: 200,
    returns: SignedInDto,
    secondFactor: SecondFactorRequiredDto,
    problems: ['invalid_credentials', 'too_many_attempts'],
  })
  async login(
    @CurrentOrigin() origin: RequestOrigin,
    @FirstFactor() authentication: AuthenticationResult,
  ): Promise<SignedInDto | SecondFactorRequiredDto> {
    const renewable = { ...authentication, renewableByAccessToken: true };
    return signInAnswer(await this.passwords.complete(renewable, origin));
  }

  @Post('refresh')
  @Authorize.signedIn({ whileEnrolling: true })
  @RateLimit('refresh')
  @Operation('Get another access token before this one expires', {
    status: 200,
    returns: TokenDto,
    description:
      `Returns a token for the same session. When the session ends, ${duration('REFRESH_ABSOLUTE_SECONDS')} after sign-in or after ${duration('REFRESH_IDLE_SECONDS')} ` +
      'without use, all of its tokens are invalid. The access token that you send stays valid until it ' +
      'expires. A session that another contract opened has a refresh token, and can only be renewed with that.',
  })
  async refreshAccessToken(@CurrentActor() actor: Actor): Promise<TokenDto> {
    return TokenDto.from(await this.renewal.renew(actor));
  }
}

import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
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
import { RefreshService } from '../../../modules/sessions/refresh.service.js';
import { HASHING } from '../../shared/hashing.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { Operation } from '../envelope/operation.js';
import { AuthResponseDto, MeDto, SIGNED_IN, signInAnswer, TokensDto } from './auth-response.dto.js';
import { RegisterDto } from './otp.dto.js';
import { registrationOf } from './registration.js';
import { LoginDto, RefreshDto } from './sign-in.dto.js';

@ApiTags('Sign-in')
@Controller('auth')
export class SignInController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly passwords: PasswordSignInService,
    private readonly refreshing: RefreshService,
  ) {}

  @Post('register')
  @RouteConfig(HASHING)
  @Authorize.public('Anybody may found an organisation')
  @RateLimit('registration')
  @Operation('Register with a password, and verify the phone later', {
    status: 201,
    message: SIGNED_IN,
    returns: AuthResponseDto,
    secondFactor: SecondFactorRequiredDto,
    description:
      'Sends an OTP to the phone. Until the phone is verified, the account signs in with its password and ' +
      'cannot invite.',
    problems: ['validation_failed', ...PASSWORD_PROBLEMS, 'phone_taken', 'email_taken'],
  })
  @Idempotent()
  async register(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: RegisterDto,
  ): Promise<AuthResponseDto | SecondFactorRequiredDto> {
    return signInAnswer(await this.registration.register(registrationOf(body), origin));
  }

  @Post('login')
  @RouteConfig(HASHING)
  @Authorize.public('The password is the credential')
  @RateLimit('sign-in')
  @UseGuards(LocalAuthGuard(LoginDto))
  @ApiBody({ type: LoginDto })
  @Operation('Sign in with phone and password', {
    status: 200,
    message: SIGNED_IN,
    returns: AuthResponseDto,
    secondFactor: SecondFactorRequiredDto,
    problems: ['validation_failed', 'invalid_credentials', 'too_many_attempts'],
  })
  async login(
    @CurrentOrigin() origin: RequestOrigin,
    @FirstFactor() authentication: AuthenticationResult,
  ): Promise<AuthResponseDto | SecondFactorRequiredDto> {
    return signInAnswer(await this.passwords.complete(authentication, origin));
  }

  @Post('refresh')
  @Authorize.public('The refresh token is the credential')
  @RateLimit('refresh')
  @Operation('Exchange a refresh token for new tokens', {
    status: 200,
    message: 'Token refreshed successfully',
    returns: TokensDto,
    problems: ['validation_failed', 'refresh_token_invalid'],
  })
  async refreshTokens(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { refreshToken }: RefreshDto,
  ): Promise<TokensDto> {
    return TokensDto.from(await this.refreshing.refresh(refreshToken, origin));
  }

  @Get('me')
  @Authorize.signedIn({ whileEnrolling: true })
  @Operation('Who you are, and what you may', {
    status: 200,
    message: 'User retrieved successfully',
    returns: MeDto,
    problems: ['access_token_invalid'],
  })
  getMe(@CurrentActor() actor: Actor): MeDto {
    return MeDto.of(actor);
  }
}

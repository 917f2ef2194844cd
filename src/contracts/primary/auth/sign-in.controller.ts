import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { BrowserSession } from '../../../access/browser-session.js';
import { Idempotent } from '../../../access/idempotent.js';
import { LocalAuthGuard } from '../../../access/local-auth.guard.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin, FirstFactor } from '../../../access/request.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { PasswordSignInService } from '../../../modules/auth/password-sign-in.service.js';
import { RegistrationService } from '../../../modules/auth/registration.service.js';
import type { AuthenticationResult } from '../../../modules/auth/sign-in.service.js';
import { PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { RefreshService } from '../../../modules/sessions/refresh.service.js';
import { HASHING } from '../../shared/hashing.js';
import { Operation } from '../../shared/operation.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { SignedInDto, signInAnswer, TokensDto } from './session.dto.js';
import { LoginDto, RefreshDto, RegisterDto } from './sign-in.dto.js';

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
  @Operation('Register a company and its administrator', {
    status: 201,
    returns: SignedInDto,
    secondFactor: SecondFactorRequiredDto,
    problems: [...PASSWORD_PROBLEMS, 'email_taken', 'company_name_taken'],
  })
  @Idempotent()
  @BrowserSession('opens')
  async register(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: RegisterDto,
  ): Promise<SignedInDto | SecondFactorRequiredDto> {
    return signInAnswer(await this.registration.register({ ...body, template: 'primary' }, origin));
  }

  @Post('login')
  @RouteConfig(HASHING)
  @Authorize.public('The password is the credential')
  @RateLimit('sign-in')
  @UseGuards(LocalAuthGuard(LoginDto))
  @ApiBody({ type: LoginDto })
  @Operation('Sign in with e-mail or phone, and password', {
    status: 200,
    returns: SignedInDto,
    secondFactor: SecondFactorRequiredDto,
    problems: ['invalid_credentials', 'tenant_not_found', 'too_many_attempts'],
  })
  @BrowserSession('opens')
  async login(
    @CurrentOrigin() origin: RequestOrigin,
    @FirstFactor() authentication: AuthenticationResult,
  ): Promise<SignedInDto | SecondFactorRequiredDto> {
    return signInAnswer(await this.passwords.complete(authentication, origin));
  }

  @Post('refresh')
  @Authorize.public('The refresh token is the credential')
  @RateLimit('refresh')
  @Operation('Exchange a refresh token for new tokens', {
    status: 200,
    returns: TokensDto,
    description: 'The refresh token is used up; the response contains its successor.',
    problems: ['refresh_token_invalid'],
  })
  @BrowserSession('exchanges')
  async refreshTokens(@CurrentOrigin() origin: RequestOrigin, @Body() body: RefreshDto): Promise<TokensDto> {
    return TokensDto.from(await this.refreshing.refresh(body.refreshToken, origin));
  }
}

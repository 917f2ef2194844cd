import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin } from '../../../access/request.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { SECOND_FACTOR_SIGN_IN_PROBLEMS } from '../../../modules/auth/auth.errors.js';
import { SecondFactorSignInService } from '../../../modules/auth/second-factor-sign-in.service.js';
import { Operation } from '../envelope/operation.js';
import { AuthResponseDto, SIGNED_IN } from './auth-response.dto.js';
import { VerifyTwoFactorDto } from './two-factor.dto.js';

@ApiTags('Sign-in')
@Controller('auth/verify-2fa')
export class TwoFactorController {
  constructor(private readonly signIn: SecondFactorSignInService) {}

  @Post()
  @Authorize.public('The temp token and the code are the credentials')
  @RateLimit('sign-in')
  @Operation('Complete a sign-in with the code of an authenticator', {
    refusedExample: { code: 'temp_token_invalid', because: 'no sign-in has asked for a second factor' },
    status: 200,
    message: SIGNED_IN,
    returns: AuthResponseDto,
    description:
      'Every sign-in returns `{requiresTwoFactor: true, tempToken}` if the account has two-factor ' +
      'authentication on.',
    problems: ['validation_failed', ...SECOND_FACTOR_SIGN_IN_PROBLEMS],
  })
  async verifyTwoFactor(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { tempToken, code }: VerifyTwoFactorDto,
  ): Promise<AuthResponseDto> {
    return AuthResponseDto.from(await this.signIn.verify(tempToken, code, origin));
  }
}

import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor, CurrentOrigin } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { SECOND_FACTOR_SIGN_IN_PROBLEMS } from '../../../modules/auth/auth.errors.js';
import { SecondFactorSignInService } from '../../../modules/auth/second-factor-sign-in.service.js';
import { EnrolmentService } from '../../../modules/two-factor/enrolment.service.js';
import {
  CONFIRMATION_PROBLEMS,
  ENROLMENT_PROBLEMS,
  SECOND_FACTOR_CHANGE_PROBLEMS,
} from '../../../modules/two-factor/two-factor.errors.js';
import { TwoFactorService } from '../../../modules/two-factor/two-factor.service.js';
import { count, duration } from '../../shared/docs/settings.js';
import { Operation } from '../../shared/operation.js';
import { REISSUED, ReissuedDto } from '../auth/reissued.dto.js';
import { SignedInDto } from '../auth/sign-in.dto.js';
import {
  ConfirmTwoFactorDto,
  DisableTwoFactorDto,
  EnableTwoFactorDto,
  EnrolmentDto,
  VerifyTwoFactorDto,
} from './two-factor.dto.js';

@ApiTags('Two-factor authentication')
@Controller()
export class TwoFactorController {
  constructor(
    private readonly enrolment: EnrolmentService,
    private readonly twoFactor: TwoFactorService,
    private readonly signIn: SecondFactorSignInService,
  ) {}

  @Post('enable-2fa')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'never' })
  @Operation('Ask for the secret of an authenticator', {
    status: 200,
    returns: EnrolmentDto,
    description:
      'TOTP (RFC 6238). Scan the QR code, write down the backup codes, then confirm: until then nothing ' +
      'changes. Requires a recent sign-in, or `current_password`.',
    problems: ENROLMENT_PROBLEMS,
  })
  async enableTwoFactor(
    @CurrentActor() actor: Actor,
    @Body() { current_password: currentPassword }: EnableTwoFactorDto,
  ): Promise<EnrolmentDto> {
    return EnrolmentDto.from(await this.enrolment.enrol(actor, currentPassword));
  }

  @Post('confirm-2fa')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'never' })
  @Operation('Confirm the authenticator with a code', {
    status: 200,
    returns: ReissuedDto,
    description: `From now on every way in asks for the next codes. Every other session of yours ends. ${REISSUED}`,
    problems: [...CONFIRMATION_PROBLEMS, 'browser_session_refused'],
  })
  async confirmTwoFactor(
    @CurrentActor() actor: Actor,
    @Body() { code }: ConfirmTwoFactorDto,
  ): Promise<ReissuedDto> {
    return ReissuedDto.of('Two-factor authentication enabled', await this.twoFactor.confirm(actor, code));
  }

  @Post('verify-2fa')
  @Authorize.public('The temp token and the code are the credentials')
  @RateLimit('sign-in')
  @Operation('Complete a sign-in with a code', {
    refusedExample: { code: 'temp_token_invalid', because: 'no sign-in has asked for a second factor' },
    status: 200,
    returns: SignedInDto,
    description: `The temp token is valid for ${duration('TEMP_TOKEN_TTL_SECONDS')} and ${count('TEMP_TOKEN_MAX_ATTEMPTS', 'code')}.`,
    problems: [...SECOND_FACTOR_SIGN_IN_PROBLEMS],
  })
  async verifyTwoFactor(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { temp_token, code }: VerifyTwoFactorDto,
  ): Promise<SignedInDto> {
    const options = { renewableByAccessToken: true };
    return SignedInDto.from(await this.signIn.verify(temp_token, code, origin, options));
  }

  @Post('disable-2fa')
  @Authorize.signedIn({ impersonation: 'never' })
  @Operation('Turn two-factor authentication off', {
    status: 200,
    returns: ReissuedDto,
    description: `Every other session of yours ends. ${REISSUED}`,
    problems: [...SECOND_FACTOR_CHANGE_PROBLEMS, 'browser_session_refused'],
  })
  async disableTwoFactor(
    @CurrentActor() actor: Actor,
    @Body() { password, code }: DisableTwoFactorDto,
  ): Promise<ReissuedDto> {
    const tokens = await this.twoFactor.disable(actor, password, code);
    return ReissuedDto.of('Two-factor authentication disabled', tokens);
  }
}

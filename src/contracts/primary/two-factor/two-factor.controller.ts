import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { BrowserSession } from '../../../access/browser-session.js';
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
import { REISSUED, TwoFactorChangedDto } from '../auth/reissued.dto.js';
import {
  BackupCodesDto,
  ConfirmTwoFactorDto,
  DisableTwoFactorDto,
  EnableTwoFactorDto,
  EnrolmentDto,
  PasswordAndCodeDto,
  TwoFactorStatusDto,
  VerifiedDto,
  VerifyTwoFactorDto,
} from './two-factor.dto.js';

@ApiTags('Two-factor authentication')
@Controller('auth')
export class TwoFactorController {
  constructor(
    private readonly enrolment: EnrolmentService,
    private readonly twoFactor: TwoFactorService,
    private readonly signIn: SecondFactorSignInService,
  ) {}

  @Get('2fa')
  @Authorize.signedIn({ whileEnrolling: true })
  @Operation('Whether two-factor authentication is on', { status: 200, returns: TwoFactorStatusDto })
  async getTwoFactor(@CurrentActor() actor: Actor): Promise<TwoFactorStatusDto> {
    return TwoFactorStatusDto.from(await this.twoFactor.status(actor));
  }

  @Post('enable-2fa')
  @Authorize.signedIn({ whileEnrolling: true })
  @Operation('Ask for the secret of an authenticator', {
    status: 200,
    returns: EnrolmentDto,
    description:
      'TOTP (RFC 6238). Scan the QR code, write down the backup codes, then confirm: until then nothing ' +
      'changes. Requires a recent sign-in, or `currentPassword`.',
    problems: ENROLMENT_PROBLEMS,
  })
  async enableTwoFactor(
    @CurrentActor() actor: Actor,
    @Body() { currentPassword }: EnableTwoFactorDto,
  ): Promise<EnrolmentDto> {
    return EnrolmentDto.from(await this.enrolment.enrol(actor, currentPassword));
  }

  @Post('confirm-2fa')
  @Authorize.signedIn({ whileEnrolling: true })
  @Operation('Confirm the authenticator with a code', {
    status: 200,
    returns: TwoFactorChangedDto,
    description: `From now on every way in asks for the next codes. Every other session of yours ends. ${REISSUED}`,
    problems: CONFIRMATION_PROBLEMS,
  })
  @BrowserSession('continues')
  async confirmTwoFactor(
    @CurrentActor() actor: Actor,
    @Body() { code }: ConfirmTwoFactorDto,
  ): Promise<TwoFactorChangedDto> {
    const tokens = await this.twoFactor.confirm(actor, code);
    return TwoFactorChangedDto.of('Two-factor authentication enabled', tokens);
  }

  @Post('verify-2fa')
  @Authorize.public('The temp token and the code are the credentials')
  @RateLimit('sign-in')
  @Operation('Complete a sign-in with a code', {
    refusedExample: { code: 'temp_token_invalid', because: 'no sign-in has asked for a second factor' },
    status: 200,
    returns: VerifiedDto,
    description:
      'Every sign-in returns `{requiresTwoFactor: true, tempToken}` if two-factor authentication is on. The ' +
      `temp token is valid for ${duration('TEMP_TOKEN_TTL_SECONDS')} and ${count('TEMP_TOKEN_MAX_ATTEMPTS', 'code')}.`,
    problems: [...SECOND_FACTOR_SIGN_IN_PROBLEMS],
  })
  @BrowserSession('opens')
  async verifyTwoFactor(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { tempToken, code, rememberDevice }: VerifyTwoFactorDto,
  ): Promise<VerifiedDto> {
    return VerifiedDto.from(await this.signIn.verify(tempToken, code, origin, { rememberDevice }));
  }

  @Post('backup-codes')
  @Authorize.signedIn()
  @Operation('Make new backup codes', {
    status: 200,
    returns: BackupCodesDto,
    description: 'The old codes are invalid.',
    problems: SECOND_FACTOR_CHANGE_PROBLEMS,
  })
  async regenerateBackupCodes(
    @CurrentActor() actor: Actor,
    @Body() { password, code }: PasswordAndCodeDto,
  ): Promise<BackupCodesDto> {
    return BackupCodesDto.of(await this.twoFactor.regenerateRecoveryCodes(actor, password, code));
  }

  @Post('disable-2fa')
  @Authorize.signedIn()
  @Operation('Turn two-factor authentication off', {
    status: 200,
    returns: TwoFactorChangedDto,
    description: `Every other session of yours ends. ${REISSUED}`,
    problems: SECOND_FACTOR_CHANGE_PROBLEMS,
  })
  @BrowserSession('continues')
  async disableTwoFactor(
    @CurrentActor() actor: Actor,
    @Body() { password, code }: DisableTwoFactorDto,
  ): Promise<TwoFactorChangedDto> {
    const tokens = await this.twoFactor.disable(actor, password, code);
    return TwoFactorChangedDto.of('Two-factor authentication disabled', tokens);
  }
}

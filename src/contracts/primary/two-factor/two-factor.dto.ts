import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import type { VerifiedSignIn } from '../../../modules/auth/second-factor-sign-in.service.js';
import type { Enrolment } from '../../../modules/two-factor/enrolment.service.js';
import type { TwoFactorStatus } from '../../../modules/two-factor/two-factor.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { duration } from '../../shared/docs/settings.js';
import { CodeField, field, PasswordField, SecondFactorCodeField, SecretField } from '../../shared/fields.js';
import { SignedInDto } from '../auth/session.dto.js';

const BACKUP_CODES = ['12345678', '23456789', '34567890'];

export class TwoFactorStatusDto {
  @ApiProperty({ example: false })
  enabled: boolean;

  @ApiProperty({ example: 0, minimum: 0, maximum: 10 })
  backupCodesLeft: number;

  static from({ enabled, recoveryCodesLeft }: TwoFactorStatus): TwoFactorStatusDto {
    return { enabled, backupCodesLeft: recoveryCodesLeft };
  }
}

export class EnableTwoFactorDto {
  @PasswordField({
    optional: true,
    example: undefined,
    description: `Not needed for ${duration('REAUTH_SECONDS')} after a sign-in`,
  })
  currentPassword?: string;
}

export class BackupCodesDto {
  @ApiProperty({
    type: [String],
    example: BACKUP_CODES,
    description: 'Ten codes, each valid once; contained in this response only',
  })
  backupCodes: string[];

  static of(backupCodes: string[]): BackupCodesDto {
    return { backupCodes };
  }
}

export class EnrolmentDto extends BackupCodesDto {
  @ApiProperty({ example: 'JBSWY3DPEHPK3PXP', description: 'For an authenticator without a camera' })
  secret: string;

  @ApiProperty({ example: 'data:image/png;base64,iVBORw0KGgo...', description: 'PNG' })
  qrCode: string;

  @ApiProperty({ example: 'otpauth://totp/Gatehouse:admin%40acme.com?secret=JBSWY3DPEHPK3PXP' })
  otpauthUri: string;

  static from({ secret, qrCode, otpauthUri, recoveryCodes }: Enrolment): EnrolmentDto {
    return { secret, qrCode, otpauthUri, backupCodes: recoveryCodes };
  }
}

export class ConfirmTwoFactorDto {
  @CodeField({ example: PLACEHOLDERS.totp })
  code: string;
}

export class PasswordAndCodeDto {
  @PasswordField()
  password: string;

  @SecondFactorCodeField({ example: PLACEHOLDERS.totp })
  code: string;
}

export class DisableTwoFactorDto {
  @PasswordField()
  password: string;

  @SecondFactorCodeField({ example: PLACEHOLDERS.backupCode })
  code: string;
}

export class VerifyTwoFactorDto {
  @SecretField({ example: PLACEHOLDERS.tempToken, description: 'From a sign-in' })
  tempToken: string;

  @SecondFactorCodeField({ example: PLACEHOLDERS.totp })
  code: string;

  @field(
    {
      optional: true,
      example: false,
      description: 'Trust this device, so that it needs no code again, if the organisation allows it',
    },
    { type: Boolean },
    IsBoolean(),
  )
  rememberDevice?: boolean;
}

export class VerifiedDto extends SignedInDto {
  @ApiPropertyOptional({ description: 'For `POST /auth/login`, if the device is remembered' })
  deviceToken?: string;

  static override from({ deviceToken, ...tokens }: VerifiedSignIn): VerifiedDto {
    return { ...SignedInDto.from(tokens), deviceToken: deviceToken ?? undefined };
  }
}

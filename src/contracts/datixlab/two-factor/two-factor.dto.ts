import { ApiProperty } from '@nestjs/swagger';
import type { Enrolment } from '../../../modules/two-factor/enrolment.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { duration } from '../../shared/docs/settings.js';
import { CodeField, PasswordField, SecondFactorCodeField, SecretField } from '../../shared/fields.js';

/** The account has a second factor: exchange its code and the temp token for an access token. */
export class SecondFactorRequiredDto {
  @ApiProperty({ enum: [true] })
  requires_2fa: true;

  @ApiProperty({
    example: PLACEHOLDERS.tempToken,
    description: 'Valid for `POST /verify-2fa` only',
  })
  temp_token: string;

  constructor(tempToken: string) {
    this.requires_2fa = true;
    this.temp_token = tempToken;
  }
}

export class VerifyTwoFactorDto {
  @SecretField({ example: PLACEHOLDERS.tempToken, description: 'From `POST /login`' })
  temp_token: string;

  @SecondFactorCodeField({ example: PLACEHOLDERS.totp })
  code: string;
}

export class EnableTwoFactorDto {
  @PasswordField({
    optional: true,
    example: undefined,
    description: `Not needed for ${duration('REAUTH_SECONDS')} after a sign-in`,
  })
  current_password?: string;
}

export class EnrolmentDto {
  @ApiProperty({ example: 'JBSWY3DPEHPK3PXP', description: 'For an authenticator without a camera' })
  secret: string;

  @ApiProperty({ example: 'data:image/png;base64,iVBORw0KGgo...', description: 'PNG' })
  qr_code: string;

  @ApiProperty({
    type: [String],
    example: ['12345678', '23456789'],
    description: 'Ten codes, each valid once; contained in this response only',
  })
  backup_codes: string[];

  static from({ secret, qrCode, recoveryCodes }: Enrolment): EnrolmentDto {
    return { secret, qr_code: qrCode, backup_codes: recoveryCodes };
  }
}

export class ConfirmTwoFactorDto {
  @CodeField({ example: PLACEHOLDERS.totp })
  code: string;
}

export class DisableTwoFactorDto {
  @PasswordField()
  password: string;

  @SecondFactorCodeField({ example: PLACEHOLDERS.backupCode })
  code: string;
}

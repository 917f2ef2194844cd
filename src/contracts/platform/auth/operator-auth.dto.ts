import { ApiProperty } from '@nestjs/swagger';
import type { OperatorEnrolment } from '../../../modules/operator-accounts/operator-enrolment.service.js';
import type { OperatorToken } from '../../../modules/operator-accounts/operator-sessions.service.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { CodeField, EmailField, PasswordField, SecretField } from '../../shared/fields.js';

export class ReadEnrolmentDto {
  @SecretField({ example: 'enrolment-token-123', description: 'As `npm run admin` printed it' })
  enrolmentToken: string;
}

export class EnrolmentDto {
  @ApiProperty({ example: 'operator@example.com' })
  email: string;

  @ApiProperty({ example: true, description: 'False: give the present password' })
  setsPassword: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    description: 'For the authenticator app; null: it stays as it is',
  })
  secret: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'otpauth://totp/Gatehouse%20operators:…' })
  otpauthUri: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'data:image/png;base64,iVBORw0KGgo...',
    description: 'Of `otpauthUri`, for the camera of the authenticator app',
  })
  qrCode: string | null;

  static from({ email, setsPassword, seed }: OperatorEnrolment): EnrolmentDto {
    const { secret = null, otpauthUri = null, qrCode = null } = seed ?? {};
    return { email, setsPassword, secret, otpauthUri, qrCode };
  }
}

export class ConfirmEnrolmentDto extends ReadEnrolmentDto {
  @PasswordField()
  password: string;

  @CodeField()
  code: string;
}

export class OperatorSignInDto {
  @EmailField({ example: 'operator@example.com' })
  email: string;

  @PasswordField()
  password: string;

  @CodeField({ description: 'Of your authenticator; each works once' })
  code: string;
}

export class OperatorTokenDto {
  @ApiProperty({ example: 'operator_V1StGXR8…' })
  accessToken: string;

  @ApiProperty({ type: 'integer', example: 3600, description: 'Seconds; it is not renewed' })
  expiresIn: number;

  static from({ accessToken, expiresIn }: OperatorToken): OperatorTokenDto {
    return { accessToken, expiresIn };
  }
}

export class OperatorDto {
  @ApiProperty({ format: 'uuid', example: '01988b6e-7c1f-7000-8000-000000000001' })
  id: string;

  @ApiProperty({ example: 'operator@example.com' })
  email: string;

  static from({ id, email }: SignedInOperator): OperatorDto {
    return { id, email };
  }
}

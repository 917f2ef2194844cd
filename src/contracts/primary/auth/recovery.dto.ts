import { ApiProperty } from '@nestjs/swagger';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { EmailField, PasswordField, SecretField, WordField } from '../../shared/fields.js';

export class ForgotPasswordDto {
  @EmailField()
  email: string;

  @WordField({
    optional: true,
    example: 'acme-corporation',
    description: 'Only if a member of this organisation',
  })
  tenantSlug?: string;
}

export class ResetTokenDto {
  @SecretField({ example: PLACEHOLDERS.resetToken })
  token: string;
}

export class ResetPreviewDto {
  @ApiProperty({ example: true })
  valid: boolean;

  @ApiProperty({ example: 'admin@acme.com' })
  email: string;

  static of(email: string): ResetPreviewDto {
    return Object.assign(new ResetPreviewDto(), { valid: true, email });
  }
}

export class ResetPasswordDto {
  @SecretField({ example: PLACEHOLDERS.resetToken })
  token: string;

  // The one that registration and login show, so that both work again after a walk down the page
  @PasswordField()
  newPassword: string;
}

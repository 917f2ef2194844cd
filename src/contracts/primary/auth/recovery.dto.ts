import { ApiProperty } from '@nestjs/swagger';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import {
  CodeField,
  EmailField,
  PasswordField,
  PhoneField,
  SecretField,
  WordField,
} from '../../shared/fields.js';

export class ForgotPasswordDto {
  @EmailField({ or: 'phone' })
  email?: string;

  @PhoneField({ or: 'email', example: undefined, description: 'Instead of `email`: a code is sent there' })
  phone?: string;

  @WordField({
    optional: true,
    example: 'acme-corporation',
    description: 'Send a message only if the account is a member of this organisation',
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
    return { valid: true, email };
  }
}

export class ResetPasswordDto {
  @SecretField({ or: 'phone', example: PLACEHOLDERS.resetToken })
  token?: string;

  @PhoneField({ or: 'token', example: undefined, description: 'Instead of `token`, with `code`' })
  phone?: string;

  @CodeField({ with: 'phone', example: undefined, description: 'The code sent to `phone`' })
  code?: string;

  // The example of registration and sign-in, so that both still work after all examples were run in order
  @PasswordField()
  newPassword: string;
}

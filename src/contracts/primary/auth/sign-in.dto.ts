import { ApiPropertyOptional } from '@nestjs/swagger';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import {
  EmailField,
  NameField,
  PasswordField,
  PhoneField,
  SecretField,
  WordField,
} from '../../shared/fields.js';

export class RegisterDto {
  @EmailField()
  email: string;

  @PasswordField()
  password: string;

  @NameField({ example: 'Acme Corporation', max: 100 })
  companyName: string;

  @NameField({ example: 'John' })
  firstName: string;

  @NameField({ min: 0, example: 'Doe' })
  lastName: string;
}

export class LoginDto {
  @WordField({
    optional: true,
    example: 'acme-corporation',
    description: 'Default: the organisation used last',
  })
  tenantSlug?: string;

  @EmailField({ or: 'phone' })
  email?: string;

  @PhoneField({ or: 'email', example: undefined, description: 'Instead of `email`' })
  phone?: string;

  @PasswordField()
  password: string;

  @SecretField({
    optional: true,
    example: undefined,
    description: 'From `POST /auth/verify-2fa`: a trusted device needs no code',
  })
  deviceToken?: string;
}

export class RefreshDto {
  @ApiPropertyOptional({ description: 'Required, but in a browser session' })
  @SecretField({ example: PLACEHOLDERS.refreshToken })
  refreshToken: string;
}

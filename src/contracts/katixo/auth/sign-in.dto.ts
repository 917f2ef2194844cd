import { EmailField, PasswordField, PhoneField, SecretField } from '../../shared/fields.js';

export class LoginDto {
  @PhoneField({ or: 'email' })
  phone?: string;

  @EmailField({ or: 'phone', example: undefined, description: 'Instead of `phone`' })
  email?: string;

  @PasswordField({ example: 'secureP@ss123' })
  password: string;
}

export class RefreshDto {
  @SecretField({ example: 'eyJhbGciOiJIUzI1NiIs...' })
  refreshToken: string;
}

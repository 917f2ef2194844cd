import { CodeField, PasswordField, PhoneField } from '../../shared/fields.js';

export class ForgotPasswordDto {
  @PhoneField()
  phone: string;
}

export class ResetPasswordDto extends ForgotPasswordDto {
  @CodeField()
  otp: string;

  @PasswordField({ example: 'newSecureP@ss456' })
  newPassword: string;
}

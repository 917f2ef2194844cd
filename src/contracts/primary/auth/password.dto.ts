import { PasswordField } from '../../shared/fields.js';

export class ChangePasswordDto {
  @PasswordField()
  currentPassword: string;

  @PasswordField({ example: 'NewPassword456!' })
  newPassword: string;
}

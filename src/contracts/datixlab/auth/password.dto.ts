import { PasswordField } from '../../shared/fields.js';

export class ChangePasswordDto {
  @PasswordField()
  current_password: string;

  @PasswordField({ example: 'NewPass456!' })
  new_password: string;
}

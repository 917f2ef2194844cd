import { ApiProperty } from '@nestjs/swagger';
import { EmailField, NameField, PasswordField, SecretField } from '../../shared/fields.js';

export class UpdateMeDto {
  @NameField({ optional: true, example: 'Johnny' })
  firstName?: string;

  @NameField({ optional: true, example: 'Doe' })
  lastName?: string;

  @EmailField({ optional: true, description: 'Becomes `pendingEmail` until the link sent there is opened' })
  email?: string;

  @PasswordField({ optional: true, description: 'For a new e-mail, unless the sign-in is recent' })
  currentPassword?: string;
}

export class AvatarUploadDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'PNG, JPEG or WebP, at most 2 MiB' })
  file: unknown;
}

export class AvatarDto {
  @ApiProperty({ example: '/uploads/avatars/uuid.jpg' })
  avatar: string;

  static of(name: string): AvatarDto {
    return Object.assign(new AvatarDto(), { avatar: `/uploads/avatars/${name}` });
  }
}

export class VerifyEmailDto {
  @SecretField({ example: 'verification-token-123' })
  token: string;
}

export class VerifiedEmailDto {
  @ApiProperty({ example: 'Email verified' })
  message: string;

  @ApiProperty({ example: 'admin@acme.com' })
  email: string;

  static of(email: string): VerifiedEmailDto {
    return Object.assign(new VerifiedEmailDto(), { message: 'Email verified', email });
  }
}

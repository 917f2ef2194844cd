import { ApiProperty } from '@nestjs/swagger';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import {
  EmailField,
  NameField,
  PasswordField,
  SecondFactorCodeField,
  SecretField,
} from '../../shared/fields.js';
import {
  LocaleField,
  MetadataField,
  PublicMetadataChangeDto,
  TimeZoneField,
} from '../../shared/locale-fields.js';

export class UpdateMeDto {
  @NameField({ optional: true, example: 'Johnny' })
  firstName?: string;

  @NameField({ min: 0, optional: true, example: 'Doe' })
  lastName?: string;

  @EmailField({
    optional: true,
    nullable: true,
    example: undefined,
    description:
      'Stays `pendingEmail` until the link sent there is opened. Null only where there is none: no address is removed',
  })
  email?: string | null;

  @LocaleField({ description: 'The language of messages to you' })
  locale?: string | null;

  @TimeZoneField()
  timeZone?: string | null;

  @MetadataField(PublicMetadataChangeDto)
  metadata?: PublicMetadataChangeDto;

  @PasswordField({
    optional: true,
    example: undefined,
    description: 'For a new e-mail address. An account without a password needs a recent sign-in',
  })
  currentPassword?: string;

  @SecondFactorCodeField({
    optional: true,
    example: undefined,
    description:
      'For a new e-mail address, if two-factor authentication is on; the password is then optional',
  })
  code?: string;
}

export class AvatarUploadDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'PNG, JPEG or WebP, at most 2 MiB' })
  file: unknown;
}

export class AvatarDto {
  @ApiProperty({ example: '/uploads/avatars/uuid.jpg' })
  avatar: string;

  static of(name: string): AvatarDto {
    return { avatar: `/uploads/avatars/${name}` };
  }
}

export class VerifyEmailDto {
  @SecretField({ example: PLACEHOLDERS.verificationToken })
  token: string;
}

export class RevertEmailChangeDto {
  @SecretField({ example: PLACEHOLDERS.emailRevertToken })
  token: string;
}

export class VerifiedEmailDto {
  @ApiProperty({ example: 'Email verified' })
  message: string;

  @ApiProperty({ example: 'admin@acme.com' })
  email: string;

  static of(email: string): VerifiedEmailDto {
    return { message: 'Email verified', email };
  }
}

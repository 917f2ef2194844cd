import { ApiProperty } from '@nestjs/swagger';
import type { Archive } from '../../../modules/account-lifecycle/export/export.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { PasswordField, SecondFactorCodeField, SecretField } from '../../shared/fields.js';

export class ExportDto {
  @PasswordField({
    optional: true,
    example: undefined,
    description: 'Unless the sign-in is recent',
  })
  currentPassword?: string;
}

export class ArchiveDto {
  @ApiProperty({ format: 'date-time' })
  exportedAt: string;

  @ApiProperty({ format: 'uuid' })
  userId: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      '`profile`, `picture`, `password` and `secondFactor` are an object or null; `emailChanges`, ' +
      '`memberships`, `sessions`, `trustedDevices`, `unfinishedSignIns`, `apiKeys`, `invitationsSent`, ' +
      '`invitationsReceived`, `links`, `messages` and `auditEvents` are lists, oldest first. None contains a ' +
      'secret.',
  })
  sections: Record<string, unknown>;

  static from({ exportedAt, userId, sections }: Archive): ArchiveDto {
    return { exportedAt: exportedAt.toISOString(), userId, sections };
  }
}

export class DeleteAccountDto {
  @PasswordField()
  password: string;

  @SecondFactorCodeField({
    optional: true,
    example: undefined,
    description: 'With `password`, if two-factor authentication is on',
  })
  code?: string;
}

export class DeletionDto {
  @ApiProperty({ format: 'date-time', description: 'From then on the account cannot be restored' })
  deletionAt: string;

  static of(deletionAt: Date): DeletionDto {
    return { deletionAt: deletionAt.toISOString() };
  }
}

export class RestoreAccountDto {
  @SecretField({ example: PLACEHOLDERS.restorationToken })
  token: string;
}

import { ApiProperty } from '@nestjs/swagger';
import type { PersonRecord } from '../../../modules/operators/person-records.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { UuidField } from '../../shared/fields.js';

const STATUSES = ['active', 'leaving', 'blocked'] as const;

export class PersonIdDto {
  @UuidField({ example: PLACEHOLDERS.userId })
  id: string;
}

export class PersonMembershipDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.organisationId })
  tenantId: string;

  @ApiProperty({ example: 'acme-corp' })
  slug: string;

  @ApiProperty({ example: 'Acme Corp' })
  name: string;

  @ApiProperty({ example: 'manager' })
  role: string;

  @ApiProperty({ enum: ['active', 'suspended', 'leaving'], example: 'active' })
  status: string;
}

export class PersonRecordDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.userId })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'jane@acme.com' })
  email: string | null;

  @ApiProperty({ example: true })
  emailVerified: boolean;

  @ApiProperty({ type: String, nullable: true, example: null })
  pendingEmail: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'E.164' })
  phone: string | null;

  @ApiProperty({ example: false })
  phoneVerified: boolean;

  @ApiProperty({ example: 'Jane' })
  firstName: string;

  @ApiProperty({ example: 'Smith' })
  lastName: string;

  @ApiProperty({ enum: STATUSES, example: 'active', description: '`leaving`: the account is being deleted' })
  status: PersonRecord['status'];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  deletionAt: string | null;

  @ApiProperty({ example: true })
  twoFactorEnabled: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T10:00:00.000Z' })
  createdAt: string;

  @ApiProperty({ type: [PersonMembershipDto] })
  memberships: PersonMembershipDto[];

  static from(person: PersonRecord): PersonRecordDto {
    const { id, email, emailVerified, pendingEmail, phone, phoneVerified } = person;
    const { firstName, lastName, status, twoFactorEnabled } = person;
    return {
      ...{ id, email, emailVerified, pendingEmail, phone, phoneVerified },
      ...{ firstName, lastName, status, twoFactorEnabled },
      deletionAt: person.deletionAt?.toISOString() ?? null,
      createdAt: person.createdAt.toISOString(),
      memberships: person.memberships.map(({ tenantId, slug, name, role, status: membershipStatus }) => ({
        ...{ tenantId, slug, name, role },
        status: membershipStatus,
      })),
    };
  }
}

export class VerificationLinkDto {
  @ApiProperty({ example: true, description: 'False: the limits of messages are exceeded' })
  sent: boolean;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: null,
    description: 'Seconds to wait before the next one',
  })
  retryAfter: number | null;

  static from(wait: number | null): VerificationLinkDto {
    return { sent: wait === null, retryAfter: wait };
  }
}

import { ApiProperty } from '@nestjs/swagger';
import type { Identity } from '../../../common/actor.js';
import { fullName } from '../../../common/identifiers.js';
import type { RegisteredByEmail } from '../../../modules/auth/registration.service.js';
import { toTypeId } from '../ids/type-id.js';
import { toTime } from '../time.js';

const USER_ID_EXAMPLE = 'user_01h455vb4pex5vsknk084sn02q';
const ORG_ID_EXAMPLE = 'org_01h2xcejqtf2nbrexx3vqjhp41';
export const TIME_EXAMPLE = '2024-12-15T10:00:00Z';

/** The person in the session's tenant. Tenant and role are null if there is none. */
export class UserDto {
  @ApiProperty({ example: USER_ID_EXAMPLE })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'user@example.com' })
  email: string | null;

  @ApiProperty({ example: 'John Doe' })
  full_name: string;

  @ApiProperty({ type: String, nullable: true, example: 'admin' })
  role: string | null;

  @ApiProperty({ type: String, nullable: true, example: ORG_ID_EXAMPLE })
  organization_id: string | null;

  @ApiProperty({ example: false })
  two_factor_enabled: boolean;

  static from({ user, membership }: Identity): UserDto {
    return {
      id: toTypeId('user', user.id),
      email: user.email,
      full_name: fullName(user),
      role: membership?.role.key ?? null,
      organization_id: membership ? toTypeId('org', membership.tenant.id) : null,
      two_factor_enabled: user.twoFactorEnabled,
    };
  }
}

/** The new person and their tenant. */
export class RegisteredDto {
  @ApiProperty({ example: USER_ID_EXAMPLE })
  id: string;

  @ApiProperty({ example: 'user@example.com' })
  email: string;

  @ApiProperty({ example: 'John Doe' })
  full_name: string;

  @ApiProperty({ example: ORG_ID_EXAMPLE })
  organization_id: string;

  @ApiProperty({ example: 'admin' })
  role: string;

  @ApiProperty({ format: 'date-time', example: TIME_EXAMPLE })
  created_at: string;

  static from({ user, tenantId, role }: RegisteredByEmail): RegisteredDto {
    return {
      id: toTypeId('user', user.id),
      email: user.email,
      full_name: fullName(user),
      organization_id: toTypeId('org', tenantId),
      role,
      created_at: toTime(user.createdAt),
    };
  }
}

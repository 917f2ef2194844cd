import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type ApiKeyActor,
  type Caller,
  effectiveIdentityOf,
  type Identity,
  mustEnrol,
} from '../../../common/actor.js';
import type { PermissionMap } from '../../../common/permissions.js';
import type { SignInOutcome } from '../../../modules/auth/sign-in.service.js';
import type { IssuedTokens } from '../../../modules/sessions/sessions.service.js';
import { LocaleProperty, PublicMetadataDto, TimeZoneProperty } from '../../shared/locale-fields.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';

const UUID_EXAMPLE = '550e8400-e29b-41d4-a716-446655440000';
const JWT_EXAMPLE = 'eyJhbGciOiJFUzI1NiIs...';

export class TenantDto {
  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  id: string;

  @ApiProperty({ example: 'acme-corporation' })
  slug: string;

  @ApiProperty({ example: 'Acme Corporation' })
  companyName: string;

  static from({ id, slug, name }: { id: string; slug: string; name: string }): TenantDto {
    return { id, slug, companyName: name };
  }
}

/** The person in the session's tenant. Role, department and teams are null or empty if there is none. */
export class UserDto {
  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'admin@acme.com' })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'E.164' })
  phone: string | null;

  @ApiProperty({ example: 'John' })
  firstName: string;

  @ApiProperty({ example: 'Doe' })
  lastName: string;

  @ApiProperty({ type: String, nullable: true, example: 'admin' })
  role: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 100, minimum: 0, maximum: 100 })
  roleLevel: number | null;

  @ApiProperty({ type: String, nullable: true, example: '/uploads/avatars/uuid.jpg' })
  avatar: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  departmentId: string | null;

  @ApiProperty({ type: [String], format: 'uuid', example: [] })
  teamIds: string[];

  @ApiProperty({ example: false })
  twoFactorEnabled: boolean;

  static from({ user, membership }: Identity): UserDto {
    return {
      id: user.id,
      email: user.email,
      phone: user.phone,
      firstName: user.firstName,
      lastName: user.lastName,
      role: membership?.role.key ?? null,
      roleLevel: membership?.role.level ?? null,
      avatar: user.avatar === null ? null : `/uploads/avatars/${user.avatar}`,
      departmentId: membership?.departmentId ?? null,
      teamIds: membership?.teamIds ?? [],
      twoFactorEnabled: user.twoFactorEnabled,
    };
  }
}

class KeyIdentityDto {
  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  id: string;

  @ApiProperty({ example: 'Production API Key' })
  name: string;

  @ApiProperty({ type: [String], example: ['leads.view'] })
  scopes: string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2027-01-15T09:30:00.000Z' })
  expiresAt: string | null;

  static from({ id, name, scopes, expiresAt }: ApiKeyActor['key']): KeyIdentityDto {
    const ends = expiresAt?.toISOString() ?? null;
    return { id, name, scopes, expiresAt: ends };
  }
}

export class MeDto extends UserDto {
  @ApiProperty({ example: true })
  emailVerified: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Takes effect when its link is opened',
  })
  pendingEmail: string | null;

  @ApiProperty({ example: false })
  phoneVerified: boolean;

  @LocaleProperty()
  locale: string | null;

  @TimeZoneProperty()
  timeZone: string | null;

  @ApiProperty({ type: PublicMetadataDto })
  metadata: PublicMetadataDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: { type: 'boolean' } },
    example: { leads: { view: true, create: true, edit: true, delete: true } },
  })
  permissions: PermissionMap;

  @ApiProperty({ type: TenantDto, nullable: true })
  tenant: TenantDto | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  @ApiPropertyOptional({ type: KeyIdentityDto, description: 'The API key, if the caller is one' })
  apiKey?: KeyIdentityDto;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The organisation requires two-factor authentication: until you turn it on, organisation and role are ' +
      'absent',
  })
  twoFactorEnrolmentRequired?: true;

  static of(caller: Caller): MeDto {
    const me = MeDto.from(effectiveIdentityOf(caller));
    if (mustEnrol(caller)) me.twoFactorEnrolmentRequired = true;
    if (caller.kind === 'user') return me;
    const { key, permissions } = caller;
    return { ...me, permissions, apiKey: KeyIdentityDto.from(key) };
  }

  static override from(state: Identity): MeDto {
    const { user, membership } = state;
    // Not a spread: members after a spread in a literal cost two microseconds each
    return Object.assign(UserDto.from(state), {
      emailVerified: user.emailVerified,
      pendingEmail: user.pendingEmail,
      phoneVerified: user.phoneVerified,
      locale: user.locale,
      timeZone: user.timeZone,
      metadata: { public: user.publicMetadata },
      permissions: membership?.role.permissions ?? {},
      tenant: membership ? TenantDto.from(membership.tenant) : null,
      createdAt: user.createdAt.toISOString(),
    } satisfies Omit<MeDto, keyof UserDto>);
  }
}

export class TokensDto {
  @ApiProperty({ example: JWT_EXAMPLE })
  accessToken: string;

  @ApiProperty({
    example: JWT_EXAMPLE,
    description: 'Valid for one exchange. Empty only in a browser session, which has it in a cookie',
  })
  refreshToken: string;

  @ApiProperty({ example: 3600, description: 'Seconds until the access token expires' })
  expiresIn: number;

  static from({ accessToken, refreshToken, expiresIn }: IssuedTokens): TokensDto {
    return { accessToken, refreshToken, expiresIn };
  }
}

export class SignedInDto extends TokensDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;

  @ApiProperty({ type: TenantDto, nullable: true })
  tenant: TenantDto | null;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The organisation requires two-factor authentication: until you turn it on, the tokens are valid for ' +
      'nothing else',
  })
  twoFactorEnrolmentRequired?: true;

  static override from(tokens: IssuedTokens): SignedInDto {
    const { membership, enrolmentRequired } = tokens.state;
    return {
      ...TokensDto.from(tokens),
      user: UserDto.from(tokens.state),
      tenant: membership ? TenantDto.from(membership.tenant) : null,
      twoFactorEnrolmentRequired: enrolmentRequired || undefined,
    };
  }
}

/** Maps the outcome of a sign-in: tokens, or a request for the second factor. */
export function signInAnswer(outcome: SignInOutcome): SignedInDto | SecondFactorRequiredDto {
  if (outcome.kind === 'second-factor') return new SecondFactorRequiredDto(outcome.tempToken);
  return SignedInDto.from(outcome.tokens);
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Actor, effectiveIdentityOf, type Identity, mustEnrol } from '../../../common/actor.js';
import { fullName } from '../../../common/identifiers.js';
import type { PermissionMap } from '../../../common/permissions.js';
import type { SignInOutcome } from '../../../modules/auth/sign-in.service.js';
import type { IssuedTokens } from '../../../modules/sessions/sessions.service.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { roleName } from '../roles.js';

const UUID_EXAMPLE = '550e8400-e29b-41d4-a716-446655440000';
const JWT_EXAMPLE = 'eyJhbGciOiJFUzI1NiIs...';

export class UserDto {
  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  id: string;

  @ApiProperty({ example: 'Rajesh Kumar' })
  name: string;

  @ApiProperty({ type: String, nullable: true, example: '+919876543210', description: 'E.164' })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'rajesh@example.com' })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'OWNER', description: 'In the active organisation' })
  role: string | null;

  static from({ user, membership }: Identity): UserDto {
    return {
      id: user.id,
      name: fullName(user),
      phone: user.phone,
      // With a phone number, the unverified address is the only e-mail address that the account has
      email: user.email ?? user.pendingEmail,
      role: membership ? roleName(membership.role.key) : null,
    };
  }
}

class ActiveOrganisationDto {
  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  id: string;

  @ApiProperty({ example: 'Kumar General Store' })
  name: string;

  @ApiProperty({ example: 'kumar-general-store' })
  slug: string;

  static from({ id, slug, name }: ActiveOrganisationDto): ActiveOrganisationDto {
    return { id, slug, name };
  }
}

export class MeDto extends UserDto {
  @ApiProperty({ example: true })
  phoneVerified: boolean;

  @ApiProperty({ example: false })
  emailVerified: boolean;

  @ApiProperty({ type: Number, nullable: true, example: 100, minimum: 0, maximum: 100 })
  roleLevel: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: { type: 'boolean' } },
    example: { invoices: { view: true, create: true, edit: true, delete: true } },
  })
  permissions: PermissionMap;

  @ApiProperty({ type: ActiveOrganisationDto, nullable: true })
  organisation: ActiveOrganisationDto | null;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The organisation requires two-factor authentication: until you turn it on, organisation and role are ' +
      'absent',
  })
  twoFactorEnrolmentRequired?: true;

  static of(actor: Actor): MeDto {
    const me = MeDto.from(effectiveIdentityOf(actor));
    if (mustEnrol(actor)) me.twoFactorEnrolmentRequired = true;
    return me;
  }

  static override from(state: Identity): MeDto {
    const { user, membership } = state;
    return {
      ...UserDto.from(state),
      phoneVerified: user.phoneVerified,
      emailVerified: user.emailVerified,
      roleLevel: membership?.role.level ?? null,
      permissions: membership?.role.permissions ?? {},
      organisation: membership ? ActiveOrganisationDto.from(membership.tenant) : null,
    };
  }
}

export class TokensDto {
  @ApiProperty({ example: JWT_EXAMPLE })
  accessToken: string;

  @ApiProperty({ example: JWT_EXAMPLE, description: 'Valid for one exchange' })
  refreshToken: string;

  @ApiProperty({ example: 3600, description: 'Seconds until the access token expires' })
  expiresIn: number;

  static from({ accessToken, refreshToken, expiresIn }: IssuedTokens): TokensDto {
    return { accessToken, refreshToken, expiresIn };
  }
}

export class AuthResponseDto extends TokensDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The organisation requires two-factor authentication: until you turn it on, the tokens are valid for ' +
      'nothing else',
  })
  twoFactorEnrolmentRequired?: true;

  static override from(tokens: IssuedTokens): AuthResponseDto {
    return {
      ...TokensDto.from(tokens),
      user: UserDto.from(tokens.state),
      twoFactorEnrolmentRequired: tokens.state.enrolmentRequired || undefined,
    };
  }
}

/** Maps the outcome of a sign-in: tokens, or a request for the second factor. */
export function signInAnswer(outcome: SignInOutcome): AuthResponseDto | SecondFactorRequiredDto {
  if (outcome.kind === 'second-factor') return new SecondFactorRequiredDto(outcome.tempToken);
  return AuthResponseDto.from(outcome.tokens);
}

/** The published message of every AuthResponse. */
export const SIGNED_IN = 'Login successful';

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ActiveClient, ActiveToken, Introspected } from '../../../access/introspection.service.js';
import type { ApiKeyActor } from '../../../common/actor.js';
import { effectiveScopes, type PermissionMap } from '../../../common/permissions.js';
import { clientOf } from '../../../modules/sessions/access-claims.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { SecretField, TextField } from '../../shared/fields.js';

const UUID_EXAMPLE = '550e8400-e29b-41d4-a716-446655440000';
const ISSUER_EXAMPLE = 'https://id.example.com';
const SECONDS = { type: 'integer', example: 1_789_000_000, description: 'Seconds since 1970' } as const;
const PERMISSIONS = {
  type: 'object',
  additionalProperties: { type: 'object', additionalProperties: { type: 'boolean' } },
  example: { leads: { view: true, create: true, edit: true, delete: true } },
} as const;

const secondsOf = (time: Date) => Math.floor(time.getTime() / 1000);

/** RFC 7662 §2.1, introspection request. */
export class IntrospectDto {
  @SecretField({ example: PLACEHOLDERS.accessToken, description: 'An access token or an API key' })
  token: string;

  @TextField({ max: 100, optional: true, description: 'Makes no difference: a token tells its kind' })
  token_type_hint?: string;
}

/** RFC 7662 §2.2: an inactive token gets no reason. */
export class InactiveTokenDto {
  @ApiProperty({ enum: [false] })
  active: false;

  static of(): InactiveTokenDto {
    return { active: false };
  }
}

/** RFC 8693 §4.1. */
export class ActDto {
  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  sub: string;

  static of(operatorId: string | null | undefined): ActDto | undefined {
    return operatorId ? { sub: operatorId } : undefined;
  }
}

/** RFC 7662 §2.2: the claims of the token; role and permissions are the present ones. */
export class ActiveAccessTokenDto {
  @ApiProperty({ enum: [true] })
  active: true;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: 'Bearer';

  @ApiProperty({ example: ISSUER_EXAMPLE })
  iss: string;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The person' })
  sub: string;

  @ApiProperty({
    example: 'primary',
    description:
      'The key of the product (RFC 9068 §2.2). Of a person, which `sid` tells, this is never an id',
  })
  client_id: string;

  @ApiProperty({ example: ISSUER_EXAMPLE })
  aud: string;

  @ApiProperty(SECONDS)
  exp: number;

  @ApiProperty(SECONDS)
  iat: number;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  jti: string;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The session' })
  sid: string;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The organisation' })
  org_id: string;

  @ApiPropertyOptional({
    example: 'admin',
    description: 'Absent for an operator who may only read in the place of the person',
  })
  role?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 100,
    minimum: 0,
    maximum: 100,
    description: 'Absent where `role` is',
  })
  role_level?: number;

  @ApiProperty(PERMISSIONS)
  permissions: PermissionMap;

  @ApiPropertyOptional({ type: ActDto, description: 'The operator who acts in the place of the person' })
  act?: ActDto;

  static from({ claims, membership, impersonation }: ActiveToken): ActiveAccessTokenDto {
    const { tenant, role } = membership;
    const { iss, sub, client_id = clientOf({ membership }), aud, exp, iat, jti, sid } = claims;
    return {
      ...{ active: true, token_type: 'Bearer', iss, sub, client_id, aud, exp, iat, jti, sid },
      org_id: tenant.id,
      ...(impersonation?.access !== 'read' && { role: role.key, role_level: role.level }),
      act: ActDto.of(impersonation?.operatorId),
      permissions: role.permissions,
    };
  }
}

export class ActiveApiKeyDto {
  @ApiProperty({ enum: [true] })
  active: true;

  @ApiProperty({ enum: ['api_key'] })
  token_type: 'api_key';

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The owner' })
  sub: string;

  @ApiPropertyOptional({ ...SECONDS, description: 'Seconds since 1970; absent where the key has no end' })
  exp?: number;

  @ApiProperty(SECONDS)
  iat: number;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The key' })
  client_id: string;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The organisation' })
  org_id: string;

  @ApiProperty({
    example: 'leads.view leads.edit',
    description: 'What the key may do now: its scopes, as far as its owner holds them',
  })
  scope: string;

  @ApiProperty({ ...PERMISSIONS, description: 'What its scopes leave of what the owner may now' })
  permissions: PermissionMap;

  static from({ userId, key, secret, membership, permissions }: ApiKeyActor): ActiveApiKeyDto {
    return {
      active: true,
      token_type: 'api_key',
      sub: userId,
      exp: secret.expiresAt ? secondsOf(secret.expiresAt) : undefined,
      iat: secondsOf(secret.issuedAt),
      client_id: key.id,
      org_id: membership.tenant.id,
      scope: effectiveScopes(permissions).join(' '),
      permissions,
    };
  }
}

/** RFC 7662 §2.2, of a token that a service account got for itself. */
export class ActiveClientTokenDto {
  @ApiProperty({ enum: [true] })
  active: true;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: 'Bearer';

  @ApiProperty({ example: ISSUER_EXAMPLE })
  iss: string;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The service account' })
  sub: string;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The service account' })
  client_id: string;

  @ApiProperty({ example: ISSUER_EXAMPLE })
  aud: string;

  @ApiProperty(SECONDS)
  exp: number;

  @ApiProperty(SECONDS)
  iat: number;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  jti: string;

  @ApiProperty({ example: 'introspect leads.view', description: 'What it may do now' })
  scope: string;

  @ApiPropertyOptional({
    format: 'uuid',
    example: UUID_EXAMPLE,
    description: 'The organisation; absent for an account of a product',
  })
  org_id?: string;

  static from({ claims, scopes, tenantId }: ActiveClient): ActiveClientTokenDto {
    const { iss, sub, client_id, aud, exp, iat, jti } = claims;
    return {
      ...{ active: true, token_type: 'Bearer', iss, sub, client_id, aud, exp, iat, jti },
      scope: scopes.join(' '),
      org_id: tenantId ?? undefined,
    };
  }
}

export type IntrospectionDto =
  ActiveAccessTokenDto | ActiveApiKeyDto | ActiveClientTokenDto | InactiveTokenDto;

/** The introspection response of RFC 7662 §2.2. */
export function introspectionAnswer(found: Introspected | null): IntrospectionDto {
  if (!found) return InactiveTokenDto.of();
  if (found.kind === 'service-account') return ActiveClientTokenDto.from(found);
  return found.kind === 'api-key' ? ActiveApiKeyDto.from(found) : ActiveAccessTokenDto.from(found);
}

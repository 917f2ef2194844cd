import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsObject } from 'class-validator';
import type { JSONWebKeySet } from 'jose';
import { MAX_OVERLAP_SECONDS } from '../../../modules/api-keys/api-key-rotation.service.js';
import { CLIENT_SCOPES } from '../../../modules/service-accounts/client-scopes.js';
import { parsePublicKeys } from '../../../modules/service-accounts/public-keys.js';
import type {
  IssuedServiceAccount,
  NewServiceAccount,
  ServiceAccount,
  ServiceAccountChanges,
} from '../../../modules/service-accounts/service-account.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { duration } from '../../shared/docs/settings.js';
import { field, type FieldOptions, IntegerField, NameField, UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';

/** RFC 7517 §5. `parsePublicKeys` decides which keys are accepted. */
const JwksField = (options: FieldOptions) =>
  field(
    options,
    {
      type: 'object',
      additionalProperties: false,
      required: ['keys'],
      properties: { keys: { type: 'array', minItems: 1, maxItems: 5, items: { type: 'object' } } },
    },
    IsObject(),
  );

export class CreateServiceAccountDto {
  @NameField({ example: 'Invoices service' })
  name: string;

  @field(
    {
      optional: true,
      example: ['introspect', 'authorize', 'leads.view'],
      description:
        'Default: `introspect` and `authorize`. Permissions only as far as you hold them yourself.',
    },
    { type: 'array', items: { type: 'string', enum: [...CLIENT_SCOPES] }, maxItems: CLIENT_SCOPES.length },
    IsArray(),
    ArrayMaxSize(CLIENT_SCOPES.length),
    IsIn(CLIENT_SCOPES, { each: true, message: 'must be scopes, such as introspect or leads.view' }),
  )
  scopes?: string[];

  @JwksField({
    optional: true,
    description:
      'Public keys (RFC 7517: P-256, Ed25519, RSA): the account authenticates by `private_key_jwt` instead of a secret',
  })
  jwks?: JSONWebKeySet;

  /** Throws PublicKeyInvalid. */
  static toNewAccount({ name, scopes, jwks }: CreateServiceAccountDto): NewServiceAccount {
    return { name, scopes, publicKeys: jwks && parsePublicKeys(jwks) };
  }
}

export class UpdateServiceAccountDto {
  @NameField({ optional: true, example: 'Invoices service (EU)' })
  name?: string;

  @JwksField({
    optional: true,
    nullable: true,
    description:
      'Replaces the keys of an account that authenticates by keys. Null only where there are none: they are not removed',
  })
  jwks?: JSONWebKeySet | null;

  /** Throws PublicKeyInvalid. */
  static toChanges({ name, jwks }: UpdateServiceAccountDto): ServiceAccountChanges {
    return { name, publicKeys: jwks && parsePublicKeys(jwks) };
  }
}

export class RotateServiceAccountDto {
  @IntegerField({
    optional: true,
    min: 0,
    max: MAX_OVERLAP_SECONDS,
    example: 3600,
    description: `How long the previous secret stays valid; default: the server’s setting, ${duration('API_KEY_ROTATION_OVERLAP_SECONDS')}`,
  })
  overlapSeconds?: number;
}

export class ServiceAccountIdDto {
  @UuidField({ example: PLACEHOLDERS.serviceAccountId })
  id: string;
}

export class ServiceAccountDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.serviceAccountId, description: 'The `client_id`' })
  id: string;

  @ApiProperty({ example: 'Invoices service' })
  name: string;

  @ApiProperty({ type: [String], example: ['introspect', 'authorize', 'leads.view'] })
  scopes: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'x7Kd',
    description: 'The last characters of its newest secret; null if it authenticates by keys',
  })
  lastFour: string | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    example: null,
    description: 'Its public keys (RFC 7517); null if it authenticates by a secret',
  })
  jwks: JSONWebKeySet | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-16T08:30:00.000Z',
    description: 'When it last got a token',
  })
  lastUsedAt: string | null;

  static from(account: ServiceAccount): ServiceAccountDto {
    const { id, name, scopes, lastFour, publicKeys: jwks, createdAt, lastUsedAt } = account;
    const times = { createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
    return { id, name, scopes, lastFour, jwks, ...times };
  }
}

export class IssuedServiceAccountDto extends ServiceAccountDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'cs_live_4Qe...x7Kd',
    description:
      'Contained in this response only: protect it like a password. Null if it authenticates by keys.',
  })
  clientSecret: string | null;

  static override from(issued: IssuedServiceAccount): IssuedServiceAccountDto {
    return { ...ServiceAccountDto.from(issued), clientSecret: issued.secret };
  }
}

export class ServiceAccountPageDto extends pageOf(ServiceAccountDto) {}

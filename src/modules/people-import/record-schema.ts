import { ROLE_TEMPLATES } from '../tenants/role-templates.js';

const MAX_ID = 200;
const id = { type: 'string', minLength: 1, maxLength: MAX_ID, format: 'visible' } as const;
const name = { type: 'string', maxLength: 80, format: 'name' } as const;
const flag = { type: 'boolean' } as const;
const positive = (maximum: number) => ({ type: 'integer', minimum: 1, maximum }) as const;
const hash = { type: 'string', minLength: 1, maxLength: 800 } as const;
const binary = { type: 'string', maxLength: 800 } as const;

const scheme = (word: string, properties: Record<string, object>) => ({
  type: 'object',
  properties: { scheme: { const: word }, ...properties },
  required: ['scheme', ...Object.keys(properties)],
  additionalProperties: false,
});

const PASSWORD = {
  type: 'object',
  discriminator: { propertyName: 'scheme' },
  required: ['scheme'],
  oneOf: [
    scheme('argon2', { hash }),
    scheme('bcrypt', { hash }),
    scheme('ssha', { hash }),
    scheme('scrypt', { hash, salt: binary, N: positive(2 ** 20), r: positive(1024), p: positive(1024) }),
    scheme('firebase-scrypt', {
      hash,
      salt: binary,
      signerKey: binary,
      saltSeparator: binary,
      rounds: positive(64),
      memoryCost: positive(20),
    }),
    scheme('pbkdf2', {
      hash,
      salt: binary,
      digest: { enum: ['sha1', 'sha256', 'sha512'] },
      iterations: positive(2 ** 31 - 1),
    }),
  ],
};

const TOTP = {
  type: 'object',
  properties: {
    seed: { type: 'string', minLength: 16, maxLength: 128, format: 'base32' },
    algorithm: { const: 'SHA1' },
    digits: { const: 6 },
    period: positive(3600),
  },
  required: ['seed'],
  additionalProperties: false,
};

const MEMBERSHIP = {
  type: 'object',
  properties: {
    tenant: { ...id, description: 'The externalId of a tenant that was imported, now or before' },
    tenantSlug: { type: 'string', minLength: 1, maxLength: 64, description: 'The slug of any tenant' },
    role: { type: 'string', minLength: 1, maxLength: 40, description: 'The key of a role of the tenant' },
    status: { enum: ['active', 'suspended'] },
  },
  required: ['role'],
  oneOf: [{ required: ['tenant'] }, { required: ['tenantSlug'] }],
  additionalProperties: false,
};

/** A line with a person. */
export const PERSON_SCHEMA = {
  type: 'object',
  properties: {
    type: { const: 'person' },
    externalId: id,
    email: { type: 'string', maxLength: 320, format: 'mailbox' },
    emailVerified: flag,
    phone: { type: 'string', maxLength: 40, format: 'phone' },
    phoneVerified: flag,
    firstName: { ...name, minLength: 1 },
    lastName: name,
    createdAt: { type: 'string', maxLength: 40, format: 'past' },
    memberships: { type: 'array', maxItems: 100, items: MEMBERSHIP },
    password: PASSWORD,
    totp: TOTP,
    backupCodes: {
      type: 'array',
      maxItems: 20,
      uniqueItems: true,
      items: { type: 'string', pattern: '^[0-9]{8}$' },
    },
  },
  required: ['type', 'externalId', 'firstName'],
  anyOf: [{ required: ['email'] }, { required: ['phone'] }],
  dependencies: { emailVerified: ['email'], phoneVerified: ['phone'], backupCodes: ['totp'] },
  additionalProperties: false,
};

const ROLE = {
  type: 'object',
  properties: {
    key: { type: 'string', pattern: '^[a-z][a-z0-9_-]{0,39}$' },
    name: { ...name, minLength: 1 },
    level: { type: 'integer', minimum: 0, maximum: 100 },
    permissions: {
      type: 'object',
      maxProperties: 50,
      additionalProperties: { type: 'object', maxProperties: 20, additionalProperties: flag },
    },
  },
  required: ['key', 'name', 'level', 'permissions'],
  additionalProperties: false,
};

/** A line with a tenant. */
export const TENANT_SCHEMA = {
  type: 'object',
  properties: {
    type: { const: 'tenant' },
    externalId: id,
    name: { ...name, minLength: 1 },
    slug: { type: 'string', maxLength: 60, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
    businessType: { type: 'string', maxLength: 80, format: 'visible' },
    template: { enum: Object.keys(ROLE_TEMPLATES) },
    status: { enum: ['active', 'suspended'] },
    requireTwoFactor: flag,
    allowTrustedDevices: flag,
    roles: { type: 'array', maxItems: 50, items: ROLE, description: 'Beside those of the template, or all' },
  },
  required: ['type', 'externalId', 'name'],
  anyOf: [{ required: ['template'] }, { required: ['roles'] }],
  additionalProperties: false,
};

/** One line of a file, as it is published in docs/import.schema.json. */
export const RECORD_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'One line of a file for `npm run admin -- import`',
  oneOf: [TENANT_SCHEMA, PERSON_SCHEMA],
};

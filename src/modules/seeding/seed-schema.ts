import { KEY_SCOPES } from '../../common/permissions.js';
import { PERSON_SCHEMA, TENANT_SCHEMA } from '../people-import/record-schema.js';
import { CLIENT_SCOPES } from '../service-accounts/client-scopes.js';

const shape = (properties: Record<string, object>, required: string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const listOf = (items: object) => ({ type: 'array', maxItems: 10_000, items });
const withExample = (schema: object, example: unknown) => ({ ...schema, examples: [example] });

const id = { type: 'string', format: 'uuid', examples: ['018f2d3c-0000-7000-8000-000000000001'] };
/** A seed names its records by `id`, in lists of their own. */
const without = (properties: Record<string, object>, ...names: string[]) =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));

const tenant = TENANT_SCHEMA.properties;
const person = PERSON_SCHEMA.properties;
const { createdAt, memberships } = person;
const { role, status } = memberships.items.properties;
const slug = withExample(tenant.slug, 'acme');
const email = withExample(person.email, 'ada@example.com');
const phone = withExample(person.phone, '+919999900001');
const name = withExample({ type: 'string', minLength: 1, maxLength: 80, format: 'name' }, 'Build server');

const TENANT = {
  ...shape(
    {
      id,
      ...without(tenant, 'type', 'externalId'),
      name: withExample(tenant.name, 'Acme'),
      slug,
      template: withExample(tenant.template, 'primary'),
    },
    ['name', 'slug'],
  ),
  anyOf: TENANT_SCHEMA.anyOf,
};

const MEMBERSHIP = shape({ tenant: slug, role: withExample(role, 'admin'), status }, ['tenant', 'role']);

const PERSON = {
  ...shape(
    {
      id,
      ...without(person, 'type', 'externalId'),
      email,
      phone,
      firstName: withExample(person.firstName, 'Ada'),
      createdAt: withExample(createdAt, '2026-01-02T03:04:05Z'),
      memberships: { ...memberships, items: MEMBERSHIP },
      password: { type: 'string', minLength: 1, maxLength: 128, examples: ['correct horse battery'] },
      totp: withExample(person.totp, { seed: 'JBSWY3DPEHPK3PXP' }),
      backupCodes: withExample(person.backupCodes, ['12345678']),
    },
    ['firstName'],
  ),
  anyOf: PERSON_SCHEMA.anyOf,
  dependencies: PERSON_SCHEMA.dependencies,
};

const API_KEY = {
  ...shape(
    {
      id,
      key: { type: 'string', format: 'api-key' },
      email,
      phone,
      tenant: slug,
      name,
      scopes: { type: 'array', uniqueItems: true, items: { enum: KEY_SCOPES } },
      expiresInDays: { type: 'integer', minimum: 1, maximum: 3650, examples: [90] },
    },
    ['key', 'tenant', 'name'],
  ),
  oneOf: [{ required: ['email'] }, { required: ['phone'] }],
};

const SERVICE_ACCOUNT = shape(
  {
    id,
    secret: {
      type: 'string',
      minLength: 16,
      maxLength: 200,
      pattern: '^[!-~]+$',
      examples: ['cs_demo_build-server'],
    },
    tenant: slug,
    name,
    scopes: { type: 'array', uniqueItems: true, items: { enum: CLIENT_SCOPES } },
  },
  ['secret', 'tenant', 'name'],
);

const ONE_TIME_CODE = shape(
  {
    numbers: {
      type: 'string',
      format: 'number-range',
      maxLength: 40,
      description: 'A phone number; each x at its end stands for any digit',
      examples: ['+9199999000xx'],
    },
    code: { type: 'string', pattern: '^[0-9]{6}$', examples: ['123456'] },
  },
  ['numbers', 'code'],
);

/** The file of `--seed`, as it is published in docs/seed.schema.json. */
export const SEED_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'The file of `gatehouse --ephemeral --seed`',
  ...shape(
    {
      $schema: { type: 'string' },
      tenants: listOf(TENANT),
      people: listOf(PERSON),
      apiKeys: listOf(API_KEY),
      serviceAccounts: listOf(SERVICE_ACCOUNT),
      oneTimeCodes: listOf(ONE_TIME_CODE),
    },
    [],
  ),
};

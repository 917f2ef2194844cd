import { generateKeyPairSync } from 'node:crypto';
import type { Client } from '../support/client.js';
import type { Schema } from '../support/conforms.js';
import { at as datixlabPath, Datixlab } from '../support/datixlab.js';
import { CONTRACTS } from '../support/documents.js';
import { type Account, PASSWORD, unique } from '../support/given.js';
import { Groups } from '../support/groups.js';
import { Katixo } from '../support/katixo.js';
import { signIn } from '../support/matrix/sample-tenant.js';
import { MEMBERS, ROLES, Tenants } from '../support/tenant.js';
import { useSharedApp } from '../support/test-app.js';

type Values = Record<string, unknown>;

/** An object as its answers can show it, and somebody who may change it. */
interface Sample {
  path: string;
  as: Client;
}

interface Change {
  /** The contract, the operation id. */
  name: string;
  method: string;
  /** The members of its body. */
  members: string[];
  required: string[];
}

/** Every operation that changes an object by a JSON body, so that a new one is not forgotten. */
const CHANGES: Change[] = CONTRACTS.flatMap(({ name, document, operations }) =>
  operations
    .filter(({ method }) => method === 'PATCH' || method === 'PUT')
    .flatMap(({ method, operationId, requestBody }) => {
      const schema = requestBody?.content['application/json']?.schema;
      if (!schema) return [];
      const found: Schema = document.components.schemas[schema.$ref?.split('/').pop() ?? ''] ?? schema;
      const members = Object.keys(found.properties ?? {});
      return [{ name: `${name} ${operationId}`, method, members, required: found.required ?? [] }];
    }),
);

const PUBLIC = { metadata: { public: { theme: 'light' } } };

const longest = (length: number) => `${unique()} `.padEnd(length, 'ä');

describe('what an answer gives out is taken back', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const groups = new Groups(t);
  const katixo = new Katixo(t);
  const datixlab = new Datixlab(t);

  const me = (as: Client): Sample => ({ path: '/auth/me', as });
  const tenantOf = ({ client: as }: Account): Sample => ({ path: '/tenants/current', as });
  const member = (by: Account, of: Account): Sample => ({ path: `${MEMBERS}/${of.user.id}`, as: by.client });
  const role = async (by: Account, key: string): Promise<Sample> => ({
    path: `${ROLES}/${await tenants.roleId(by, key)}`,
    as: by.client,
  });

  async function create(by: Account, path: string, body: Values): Promise<Sample> {
    const reply = await by.client.post(path, body);
    if (reply.status !== 201) throw new Error(`A sample was not created: ${reply.status} ${reply.text}`);
    return { path: `${path}/${reply.body.id}`, as: by.client };
  }

  /** Somebody with a phone and nothing else, signed in at the primary contract. */
  async function phoneOwner(details: Values): Promise<Client> {
    const { phone } = await katixo.owner(details);
    const client = t.client();
    const { body } = await client.post('/auth/login', { phone, password: PASSWORD });
    return client.withToken(body.accessToken);
  }

  async function placedMember(): Promise<Sample> {
    const owner = await t.given.tenant();
    const of = await t.given.member(owner);
    const place = {
      departmentId: (await groups.department(owner)).id,
      teamIds: [(await groups.team(owner)).id, (await groups.team(owner)).id],
      assignedAgents: ['agent-7', 'x'.repeat(64)],
      metadata: { private: { crm: [1, { a: null }] } },
    };
    await of.client.patch('/auth/me', { metadata: { public: { b: 1, a: { theme: 'dark' } } } });
    await owner.client.patch(`${MEMBERS}/${of.user.id}`, place);
    return member(owner, of);
  }

  async function settledTenant(): Promise<Sample> {
    const owner = await t.given.tenant({ companyName: longest(100) });
    const policies = { sessionLifetimeSeconds: 86_400, invitationDomains: ['acme.com'], smsDailyBudget: 0 };
    const locale = { locale: 'pt-br', timeZone: 'europe/lisbon' };
    await owner.client.patch('/tenants/current', { policies, ...locale, businessType: longest(80) });
    return tenantOf(owner);
  }

  async function departmentOfAbove(): Promise<Sample> {
    const { owner, manager } = await tenants.staff();
    const rights = { departments: { view: true, edit: true } };
    await owner.client.patch(`${ROLES}/${await tenants.roleId(owner, 'manager')}`, { permissions: rights });
    const { path } = await create(owner, '/tenants/current/departments', {
      name: longest(100),
      roleKey: 'admin',
    });
    return { path, as: manager.client };
  }

  async function account(body: Values = {}): Promise<Sample> {
    const owner = await t.given.tenant();
    return create(owner, '/tenants/current/service-accounts', { name: longest(80), ...body });
  }

  const publicKey = () => ({
    keys: [generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as Values],
  });
  const longName = () => `${'é'.repeat(60)} ${'b'.repeat(19)} ${'ç'.repeat(80)}`;

  const SAMPLES: Record<string, Record<string, () => Promise<Sample>>> = {
    'primary updateMe': {
      'somebody registered': async () => me((await t.given.tenant()).client),
      'of one name': async () => me((await t.given.tenant({ lastName: '' })).client),
      'of the longest names': async () =>
        me((await t.given.tenant({ firstName: 'é'.repeat(80), lastName: 'ç'.repeat(80) })).client),
      'without an e-mail address': async () => me(await phoneOwner({})),
      'of the longest name of another contract': async () => me(await phoneOwner({ name: longName() })),
    },
    'datixlab updateMe': {
      'somebody registered': async () => ({
        path: datixlabPath('/me'),
        as: (await datixlab.verifiedOwner()).client,
      }),
      'of the longest name': async () => ({
        path: datixlabPath('/me'),
        as: (await datixlab.verifiedOwner({ full_name: longName() })).client,
      }),
      'of the longest names of another contract': async () => {
        const { email, password } = await t.given.tenant({
          firstName: 'é'.repeat(80),
          lastName: 'ç'.repeat(80),
        });
        return { path: datixlabPath('/me'), as: (await datixlab.login({ email, password })).client };
      },
    },
    'primary updateMember': {
      'a new one': async () => {
        const owner = await t.given.tenant();
        return member(owner, await t.given.member(owner));
      },
      'one with everything': placedMember,
      'the owner': async () => {
        const owner = await t.given.tenant();
        return member(owner, owner);
      },
    },
    'primary updateRole': {
      'of the template': async () => role(await t.given.tenant(), 'manager'),
      'the top one': async () => role(await t.given.tenant(), 'admin'),
      'a custom one': async () => {
        const owner = await t.given.tenant();
        return create(owner, ROLES, {
          ...{ key: 'auditor', name: longest(80), level: 99 },
          permissions: { leads: { view: true } },
        });
      },
    },
    'primary updateDepartment': {
      'without a role': async () =>
        create(await t.given.tenant(), '/tenants/current/departments', { name: 'Sales' }),
      'of somebody unverified': async () =>
        create(await t.given.unverifiedTenant(), '/tenants/current/departments', { name: 'Sales' }),
      'with a role above the reader’s': departmentOfAbove,
    },
    'primary updateTeam': {
      'of the longest name': async () =>
        create(await t.given.tenant(), '/tenants/current/teams', { name: longest(100) }),
    },
    'primary updateTenant': {
      'a new one': async () => tenantOf(await t.given.tenant()),
      'with settings': settledTenant,
      'of another contract': async () => {
        const { user } = await datixlab.verifiedOwner();
        return tenantOf(await signIn(t, user.email ?? ''));
      },
    },
    'primary updateApiKey': {
      'without a description': async () => create(await t.given.tenant(), '/auth/api-keys', { name: 'CI' }),
      'with a long description': async () =>
        create(await t.given.tenant(), '/auth/api-keys', { name: longest(80), description: longest(500) }),
    },
    'primary updateServiceAccount': {
      'with a secret': () => account(),
      'with a key': () => account({ jwks: publicKey() }),
    },
  };

  const CASES = CHANGES.flatMap((change) =>
    Object.entries(SAMPLES[change.name] ?? {}).map(([kind, make]) => ({ ...change, kind, make })),
  );

  it('has samples of every operation that changes an object', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(CHANGES.map(({ name }) => name).sort());
  });

  it.each(CASES)('$name: $kind', async ({ method, members, required, make }) => {
    const { path, as } = await make();
    const answer = async () => (await as.get<Values>(path)).body;
    const before = await answer();
    const given = Object.fromEntries(members.filter((one) => one in before).map((one) => [one, before[one]]));
    expect(Object.keys(given).length).toBeGreaterThan(0);
    const always = Object.fromEntries(required.map((one) => [one, given[one]]));
    const bodies = [...Object.keys(given).map((one) => ({ ...always, [one]: given[one] })), given];
    for (const body of bodies) {
      const { status, text } = await as.send(method, path, body);
      expect({ body, status, text: status === 200 ? '' : text }).toEqual({ body, status: 200, text: '' });
    }
    expect(await answer()).toEqual(before);
  });

  it.each<[string, keyof typeof SAMPLES, string, Values]>([
    ['an address', 'primary updateMe', 'somebody registered', { email: null }],
    ['an address, in another contract', 'datixlab updateMe', 'somebody registered', { email: null }],
    ['keys', 'primary updateServiceAccount', 'with a key', { jwks: null }],
  ])('null does not remove %s', async (_, name, kind, body) => {
    await expectUnchanged(name, kind, body, 'not_changeable');
  });

  it.each<[string, keyof typeof SAMPLES, string, Values, string]>([
    ['the top level', 'primary updateRole', 'a custom one', { level: 100 }, 'max'],
    ['a member’s own data', 'primary updateMember', 'one with everything', PUBLIC, 'not_changeable'],
    ['a level below the top', 'primary updateRole', 'the top one', { level: 99 }, ''],
  ])('%s is no other value to give', async (_, name, kind, body, code) => {
    await expectUnchanged(name, kind, body, code);
  });

  it('a name is refused that another contract would not take back', async () => {
    for (const full_name of ['x'.repeat(81), `${'x'.repeat(81)} y`, `x ${'y'.repeat(81)}`]) {
      const reply = await datixlab.post('/register', datixlab.registration({ full_name }));
      expect([full_name, reply.status, reply.body.errors?.[0]?.code]).toEqual([
        full_name,
        400,
        'is_dividable',
      ]);
    }
  });

  async function expectUnchanged(name: string, kind: string, body: Values, code: string): Promise<void> {
    const sample = await SAMPLES[name]?.[kind]?.();
    if (!sample) throw new Error(`There is no sample ${kind}`);
    const { path, as } = sample;
    const before = (await as.get(path)).body;
    const reply = await as.patch(path, body);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.body.errors?.[0]?.code ?? '').toBe(code);
    expect((await as.get(path)).body).toEqual(before);
  }
});

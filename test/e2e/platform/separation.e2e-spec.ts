import type { Access } from '../../../src/access/authorize.js';
import { ApiKeys } from '../../support/api-keys.js';
import { CONTRACTS } from '../../support/documents.js';
import { type Operator, Operators } from '../../support/operators.js';
import { ServiceAccounts } from '../../support/service-accounts.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const t = useSharedApp({ PLATFORM_ENABLED: 'true' });
const ID = '01988b6e-7c1f-7000-8000-000000000000';
const all = CONTRACTS.flatMap(({ name, operations }) =>
  operations.map((operation) => ({ contract: name, ...operation })),
);
const ofOperators = all.filter(({ contract }) => contract === 'platform');
const ofTenants = all.filter(({ contract }) => contract !== 'platform');
const ignoresToken = ({ kind }: Access): boolean => kind === 'public' || kind === 'optional';
const addressOf = (path: string): string => path.replace(/\{\w+\}/g, ID);

async function statusOf({ method, path }: (typeof all)[number], token: string | null): Promise<number> {
  const client = t.client(token);
  const { status } = await client.send(method, addressOf(path), method === 'GET' ? undefined : {});
  await client.close();
  return status;
}

it('admits an operator to no operation of the three contracts that wants a credential', async () => {
  const client = t.client();
  const operator: Operator = await new Operators(t).signedIn(client);
  const guarded = ofTenants.filter((operation) => !ignoresToken(operation['x-access']));
  expect(guarded.length).toBeGreaterThan(80);
  for (const { method, path, contract } of guarded) {
    const here = client.withToken(operator.token);
    const { status } = await here.send(method, addressOf(path), method === 'GET' ? undefined : {});
    expect([contract, method, path, status]).toEqual([contract, method, path, 401]);
  }
  expect((await operator.client.get('/platform/auth/me')).status).toBe(200);
});

it('admits no credential of a person to an operation of operators, and declares all but the sign-in as theirs', async () => {
  const open = ofOperators.filter((operation) => operation['x-access'].kind !== 'operator');
  expect(open.map(({ operationId }) => operationId)).toEqual([
    'readEnrolment',
    'confirmEnrolment',
    'signInOperator',
  ]);
  const owner = await t.given.tenant();
  const { key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
  const twoFactor = new TwoFactor(t);
  const services = new ServiceAccounts(t);
  const service = await services.create(owner, { scopes: ['leads.view'] });
  const tokens = {
    nobody: null,
    service: await services.token(service),
    owner: owner.accessToken,
    key,
    refresh: owner.refreshToken,
    temp: await twoFactor.tempToken(await twoFactor.owner()),
    invented: `operator_${'A'.repeat(43)}`,
  };
  for (const [name, token] of Object.entries(tokens)) {
    for (const operation of ofOperators.filter((one) => one['x-access'].kind === 'operator')) {
      const { method, path } = operation;
      expect([name, method, path, await statusOf(operation, token)]).toEqual([name, method, path, 401]);
    }
  }
});

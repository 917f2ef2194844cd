import { CONTRACTS } from '../../support/contracts.js';
import { type Account, PASSWORD } from '../../support/given.js';
import { type Operator, Operators, WHY } from '../../support/operators.js';
import { useSharedApp } from '../../support/test-app.js';

const t = useSharedApp({ PLATFORM_ENABLED: 'true' });
let operator: Operator;
beforeAll(async () => {
  operator = await new Operators(t).signedIn();
});

const ACTS = {
  suspends: {
    act: ({ tenant }: Account) => `/platform/tenants/${tenant.id}/suspend`,
    undo: ({ tenant }: Account) => `/platform/tenants/${tenant.id}/restore`,
    keepsSessions: true,
  },
  blocks: {
    act: ({ user }: Account) => `/platform/people/${user.id}/block`,
    undo: ({ user }: Account) => `/platform/people/${user.id}/unblock`,
    keepsSessions: false,
  },
};

const order = async (path: string): Promise<void> =>
  expect((await operator.client.post(path, WHY)).status).toBe(200);

describe.each(Object.entries(ACTS))('what an operator %s', (_, { act, undo, keepsSessions }) => {
  it.each(Object.values(CONTRACTS).map((contract) => [contract.name, contract] as const))(
    'is dead at %s at once, and works there again afterwards',
    async (_name, contract) => {
      const account = await t.given.verifiedTenant();
      const { email, user, tenant } = account;
      const works = async (token: string) => (await contract.whoAmI(t.client(token)))?.userId === user.id;
      // Whoever has no other tenant may sign in without one
      const enters = async () => {
        const { status, accessToken: token } = await contract.logIn(t.client(), { email }, PASSWORD);
        return status === 200 && (await contract.whoAmI(t.client(token)))?.organisationId === tenant.id;
      };
      const { accessToken, ...signed } = await contract.logIn(t.client(), { email }, PASSWORD);
      expect(await works(accessToken)).toBe(true);

      await order(act(account));

      expect(await works(accessToken)).toBe(false);
      expect((await contract.renew(t.client(), { accessToken, ...signed })).status).toBe(401);
      expect(await enters()).toBe(false);

      await order(undo(account));

      expect(await works(accessToken)).toBe(keepsSessions);
      expect(await enters()).toBe(true);
    },
  );
});

import { readdirSync } from 'node:fs';
import { ERROR_CATALOGUE } from '../../../src/common/error-catalogue.js';
import { ApiKeys } from '../../support/api-keys.js';
import type { Account } from '../../support/given.js';
import {
  isForKeys,
  type OpenApiDocument,
  operationsInPageOrder,
  type PlacedOperation,
} from '../../support/openapi.js';
import { useSharedApp } from '../../support/test-app.js';

// test/e2e/platform/separation.e2e-spec.ts is about the other one, which no person reaches
const CONTRACTS = readdirSync('openapi')
  .flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? [])
  .filter((name) => name !== 'platform');
const SOME_ID = '0192f3a0-0000-7000-8000-000000000000';
/** The operations that accept a key. Another one needs a line here. */
const OPEN = [
  'GET /auth/me',
  'POST /auth/authorize',
  'POST /auth/introspect',
  'GET /auth/verify',
  'GET /tenants/current/audit-events',
  'GET /tenants/current/audit-events/export',
];

const nameOf = ({ method, path }: PlacedOperation) => `${method} ${path}`;

describe.each(CONTRACTS)('an API key with every scope, in the %s contract', (contract) => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  let operations: PlacedOperation[];
  let owner: Account;
  let key: string;

  beforeAll(async () => {
    const { status, body } = await t.client().get<OpenApiDocument>(`/openapi/${contract}.json`);
    expect(status).toBe(200);
    operations = operationsInPageOrder(body);
    owner = await t.given.tenant();
    ({ key } = await keys.create(owner));
  });

  const open = () => operations.filter(({ 'x-access': access }) => isForKeys(access));
  const closed = () =>
    operations.filter(({ 'x-access': access }) => access.kind !== 'public' && !isForKeys(access));

  it('is refused at every operation that is for people only', async () => {
    expect(closed().length).toBeGreaterThan(5);
    const client = t.client();
    for (const operation of closed()) {
      const path = operation.path.replace(/\{\w+\}/g, SOME_ID);
      const body = operation.requestBody ? {} : undefined;
      for (const options of [{ token: key }, { token: null, headers: { 'x-api-key': key } }]) {
        const { status, text } = await client.send(operation.method, path, body, options);
        expect([nameOf(operation), status, text]).toEqual([
          nameOf(operation),
          ERROR_CATALOGUE.api_key_not_allowed.status,
          expect.stringContaining('api_key_not_allowed'),
        ]);
      }
      expect(operation['x-problems']).toContain('api_key_not_allowed');
    }
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect(await keys.isGood(key)).toBe(true);
  });

  it('is accepted where the document says so, also in its security section', () => {
    if (contract === 'primary') expect(open().map(nameOf).sort()).toEqual([...OPEN].sort());
    for (const { security } of open()) expect(security).toContainEqual({ apiKey: [] });
    for (const { security } of closed()) expect(security).not.toContainEqual({ apiKey: [] });
  });
});

describe('an API key', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);

  it('is not accepted as another kind of token', async () => {
    const { key } = await keys.create(await t.given.tenant());
    expect(await t.post('/auth/refresh', { refreshToken: key })).toBeProblem('refresh_token_invalid');
    expect(await t.post('/auth/invite/accept', { token: key, password: 'x' })).toBeProblem(
      'invitation_not_found',
    );
    const reset = await t.post('/auth/reset-password', { token: key, newPassword: 'Granite-Meadow-77-Oboe' });
    expect(reset).toBeProblem('reset_token_invalid');
  });
});

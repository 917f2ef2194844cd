import type { Reply } from '../../support/client.js';
import { type OpenApiDocument, operationsInPageOrder, type PlacedOperation } from '../../support/openapi.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const SOME_ID = '0192f3a0-0000-7000-8000-000000000000';
const TOKEN = /token$/i;
/** The one operation that accepts it. */
const TEMP_TOKEN = /^temp_?token$/i;

describe('a temp token', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  let operations: PlacedOperation[];
  let tempToken: string;

  const pathOf = ({ path, parameters = [] }: PlacedOperation, token?: string): string => {
    const query = new URLSearchParams();
    for (const { name, in: place, schema } of parameters) {
      if (place === 'query')
        query.set(name, token !== undefined && TOKEN.test(name) ? token : (schema.example ?? ''));
    }
    const filled = path.replace(/\{\w+\}/g, SOME_ID);
    return query.size > 0 ? `${filled}?${query.toString()}` : filled;
  };
  const exampleOf = ({ requestBody }: PlacedOperation) => requestBody?.content['application/json']?.example;

  beforeAll(async () => {
    const names = ['primary', 'katixo', 'datixlab'];
    const replies = await Promise.all(
      names.map((name) => t.client().get<OpenApiDocument>(`/openapi/${name}.json`)),
    );
    const documents = replies.filter(({ status }) => status === 200).map(({ body }) => body);
    expect(documents.length).toBeGreaterThan(1);
    operations = documents.flatMap((document) => operationsInPageOrder(document));
    tempToken = await twoFactor.tempToken(await twoFactor.owner());
  });

  it('is refused as a bearer token by every operation of every contract, or ignored', async () => {
    const guarded = operations.filter((operation) => operation['x-access'].kind !== 'public');
    expect(guarded.length).toBeGreaterThan(20);
    for (const operation of guarded) {
      const { method, path, 'x-access': access } = operation;
      const send = (token: string | null): Promise<Reply> =>
        t.client(token).send(method, pathOf(operation), exampleOf(operation));
      const isIgnored = access.kind === 'optional';
      const expected = isIgnored ? (await send(null)).status : 401;
      expect([method, path, (await send(tempToken)).status]).toEqual([method, path, expected]);
    }
  });

  it('is refused as any other token of any contract, in every body and query', async () => {
    const tried: string[] = [];
    for (const operation of operations) {
      const body = exampleOf(operation) ?? {};
      const fields = Object.keys(body).filter((name) => TOKEN.test(name) && !TEMP_TOKEN.test(name));
      const queries = (operation.parameters ?? []).filter(
        ({ name, in: place }) => place === 'query' && TOKEN.test(name),
      );
      for (const name of [...fields, ...queries.map((query) => query.name)]) {
        const changed = exampleOf(operation) && {
          ...body,
          ...(fields.includes(name) && { [name]: tempToken }),
        };
        const reply: Reply = await t.client().send(operation.method, pathOf(operation, tempToken), changed);
        expect([operation.path, name, reply.status]).toEqual([operation.path, name, expect.any(Number)]);
        expect([400, 401, 403, 404]).toContain(reply.status);
        tried.push(name);
      }
    }
    expect(tried).toEqual(expect.arrayContaining(['refreshToken', 'token', 'signupToken']));
  });

  it('is still accepted by the second step afterwards', async () => {
    const owner = await twoFactor.owner();
    const token = await twoFactor.tempToken(owner);
    await t.client(token).get('/auth/me');
    await t.post('/auth/refresh', { refreshToken: token });
    expect((await twoFactor.verify(token, owner.authenticator.code())).status).toBe(200);
  });
});

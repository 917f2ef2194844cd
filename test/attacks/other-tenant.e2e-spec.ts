import { readdirSync } from 'node:fs';
import { ROLE_TEMPLATES, type RoleTemplateName } from '../../src/modules/tenants/role-templates.js';
import type { Answer } from '../support/answer.js';
import type { Reply } from '../support/client.js';
import { inTurn } from '../support/long.js';
import { type Caller, createCallers } from '../support/matrix/callers.js';
import { fill, type Place, placesOf } from '../support/matrix/places.js';
import {
  createSampleTenant,
  type Ids,
  readSampleTenant,
  type SampleTenant,
  unknownIds,
} from '../support/matrix/sample-tenant.js';
import { type OpenApiDocument, operationsInPageOrder, type PlacedOperation } from '../support/openapi.js';
import { useSharedApp } from '../support/test-app.js';

// test/e2e/platform/separation.e2e-spec.ts is about the other one, which no person reaches
const CONTRACTS = readdirSync('openapi')
  .flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? [])
  .filter((name) => name !== 'platform');

/** Callers without access for each operation in `npm test`; the next operation goes on with the next ones. */
const REFUSED_IN_TURN = 3;

const nameOf = ({ method, path }: PlacedOperation) => `${method} ${path}`;

/**
 * What a response reveals about the ids: the response without the request’s own id, or the one line of it that had
 * them.
 */
function resultOf({ status, text, body }: Reply): { isRefusal: boolean; said: string } {
  const { instance = '', results: [line] = [] } = body as Partial<Answer> & { instance?: string };
  if (line) return { isRefusal: line.status === 'refused', said: JSON.stringify(line) };
  return { isRefusal: status >= 400, said: `${status} ${text.replace(instance, '')}` };
}

/** Codes with which the guard refuses. The core has each of them, too, for changes between the guard and its lock. */
const GUARD_CODES = [
  'authentication_required',
  'access_token_invalid',
  'api_key_invalid',
  'api_key_not_allowed',
  'two_factor_enrolment_required',
  'permission_missing',
  'no_active_tenant',
];

/** Whether a response is the guard's: it refuses with a level only where the operation names one. */
function isFromGuard({ body }: Reply, caller: Caller, operation: PlacedOperation): boolean {
  const { code: own, errors = [] } = body as { code?: string; errors?: { code: string }[] | null };
  const code = own ?? errors?.[0]?.code ?? '';
  if (code === 'role_level_exceeded') return 'level' in operation['x-access'];
  return GUARD_CODES.includes(code) && !caller.excused?.includes(code);
}

describe.each(CONTRACTS)('with the ids of another tenant, in the %s contract', (contract) => {
  const t = useSharedApp();
  let operations: { operation: PlacedOperation; places: Place[] }[];
  let callers: Caller[];
  let ownerName: string;
  let home: SampleTenant;
  let victim: SampleTenant;
  let markers: RegExp;
  let before: string[];

  // Created for each test: a caller with access changes what the callers are and may do
  beforeEach(async () => {
    const { body: document } = await t.client().get<OpenApiDocument>(`/openapi/${contract}.json`);
    operations = operationsInPageOrder(document).map((operation) => {
      return { operation, places: placesOf(operation, document) };
    });
    victim = await createSampleTenant(t, 'primary');
    home = await createSampleTenant(t, contract);
    const roles = ROLE_TEMPLATES[contract as RoleTemplateName].map(({ key }) => key);
    callers = await createCallers(t, home, roles);
    ownerName = `the ${roles[0]} of another organisation`;
    expect(callers.map(({ name }) => name)).toContain(ownerName);
    const { owner, member, ids } = victim;
    const { slug, companyName } = owner.tenant;
    // A search of the own audit trail for the member is recorded there, and with it the member's id
    const listed = Object.values(ids).filter((id) => id !== ids.members);
    markers = new RegExp([...listed, owner.user.id, owner.email, member.email, slug, companyName].join('|'));
    before = await readSampleTenant(t, victim);
    const tables = before.map((row) => row.split(' ')[0]);
    expect(tables).toEqual(expect.arrayContaining(['api_key_secrets', 'api_key_usage', 'one_time_secrets']));
    expect(before.length).toBeGreaterThan(15);
  });

  /** The owner of another tenant, whom the guard lets in wherever it lets in anybody, and another one in turn. */
  const withAccess = (operation: PlacedOperation, turn: number) => {
    const admitted = callers.filter(({ refusalAt }) => refusalAt(operation['x-access']) === null);
    const isOwner = ({ name }: Caller) => name === ownerName;
    const others = inTurn(
      admitted.filter((one) => !isOwner(one)),
      turn,
      1,
    );
    return [...admitted.filter(isOwner), ...others];
  };
  const without = (operation: PlacedOperation) =>
    callers.filter(({ refusalAt }) => refusalAt(operation['x-access']) !== null);

  const send = async (
    caller: Caller,
    operation: PlacedOperation,
    places: Place[],
    idsAt: (place: Place) => Ids,
  ) => {
    const { path, body } = fill(operation, places, idsAt);
    const reply = await t.client(caller.token).send(operation.method, path, body);
    expect(reply.status).toBeLessThan(500);
    expect([nameOf(operation), caller.name, markers.exec(reply.text)]).toEqual([
      nameOf(operation),
      caller.name,
      null,
    ]);
    if (operation.method !== 'GET' && reply.status < 300) await caller.renew();
    return reply;
  };

  /** As `send`, by a caller whom the matrix gives access: whatever the response is, it is not the guard's. */
  const enter = async (...[caller, operation, places, idsAt]: Parameters<typeof send>) => {
    const reply = await send(caller, operation, places, idsAt);
    const isRefused = isFromGuard(reply, caller, operation);
    const subject = [nameOf(operation), caller.name, isRefused ? reply.text : 'let in'];
    expect(subject).toEqual([nameOf(operation), caller.name, 'let in']);
    return reply;
  };

  /** Each place alone, with the caller's own ids in the other places, and all of them together. */
  const attacksOn = (places: Place[]): Place[][] => {
    const alone = places.map((place) => [place]);
    return places.length > 1 ? [...alone, places] : alone;
  };

  it('callers without access are refused before the ids are read', async () => {
    let refusals = 0;
    for (const [turn, { operation, places }] of operations.entries()) {
      for (const caller of inTurn(without(operation), turn, REFUSED_IN_TURN)) {
        const expected = caller.refusalAt(operation['x-access']);
        const { status } = await send(caller, operation, places, () => victim.ids);
        expect([nameOf(operation), caller.name, status]).toEqual([nameOf(operation), caller.name, expected]);
        refusals += 1;
      }
    }
    expect(refusals).toBeGreaterThan(operations.length);
    expect(await readSampleTenant(t, victim)).toEqual(before);
  });

  it('callers with access get the same response as for ids that do not exist', async () => {
    const none = unknownIds();
    for (const [turn, { operation, places }] of operations.entries()) {
      const required = places.filter((place) => place.in !== 'query');
      for (const caller of withAccess(operation, turn)) {
        for (const attack of attacksOn(places)) {
          const filled = [...new Set([...required, ...attack])];
          const own = (place: Place, ids: Ids) => (attack.includes(place) ? ids : home.ids);
          const wrong = resultOf(await enter(caller, operation, filled, (place) => own(place, none)));
          const other = resultOf(await enter(caller, operation, filled, (place) => own(place, victim.ids)));
          const subject = [nameOf(operation), caller.name, attack.map(({ path }) => path.join('.'))];
          const isSearch = operation.method === 'GET' && attack.every((place) => place.in === 'query');
          if (!isSearch) expect([...subject, other.isRefusal]).toEqual([...subject, true]);
          // A cursor holds a position, and no position belongs to a tenant
          if (attack.some(({ path }) => path.includes('cursor'))) continue;
          expect([...subject, other.said]).toEqual([...subject, wrong.said]);
        }
      }
    }
    expect(await readSampleTenant(t, victim)).toEqual(before);
  });

  it('an operation that takes no id needs no test', async () => {
    const idless = operations.filter((one) => one.places.length === 0);
    for (const [turn, { operation, places }] of idless.entries()) {
      for (const caller of withAccess(operation, turn)) {
        await enter(caller, operation, places, () => victim.ids);
      }
    }
    expect(await readSampleTenant(t, victim)).toEqual(before);
  });
});

import { readdirSync } from 'node:fs';
import { ROLE_TEMPLATES, type RoleTemplateName } from '../../src/modules/tenants/role-templates.js';
import type { Answer } from '../support/answer.js';
import type { Reply } from '../support/client.js';
import { type Caller, createCallers } from '../support/matrix/callers.js';
import { createEstate, type Estate, type Ids, idsOfNothing, readEstate } from '../support/matrix/estate.js';
import { fill, type Place, placesOf } from '../support/matrix/places.js';
import { type OpenApiDocument, operationsInPageOrder, type PlacedOperation } from '../support/openapi.js';
import { useSharedApp } from '../support/test-app.js';

const CONTRACTS = readdirSync('openapi').map((file) => file.replace(/\.json$/, ''));

const nameOf = ({ method, path }: PlacedOperation) => `${method} ${path}`;

/** What is said about the ids: the answer without the request's own name, or the one of its lines that had them. */
function verdictOf({ status, text, body }: Reply): { isRefusal: boolean; said: string } {
  const { instance = '', results: [line] = [] } = body as Partial<Answer> & { instance?: string };
  if (line) return { isRefusal: line.status === 'refused', said: JSON.stringify(line) };
  return { isRefusal: status >= 400, said: `${status} ${text.replace(instance, '')}` };
}

/** What the guard refuses with. The core has each of them, too, for what changes between the guard and its lock. */
const DOOR_CODES = [
  'authentication_required',
  'access_token_invalid',
  'api_key_invalid',
  'api_key_not_allowed',
  'two_factor_enrolment_required',
  'permission_missing',
  'no_active_tenant',
];

/** Whether an answer is the guard's: it told of a level only where the operation names one. */
function isFromContract({ body }: Reply, caller: Caller, operation: PlacedOperation): boolean {
  const { code: own, errors = [] } = body as { code?: string; errors?: { code: string }[] | null };
  const code = own ?? errors?.[0]?.code ?? '';
  if (code === 'role_level_exceeded') return 'level' in operation['x-access'];
  return DOOR_CODES.includes(code) && !caller.excused?.includes(code);
}

describe.each(CONTRACTS)('with the ids of another tenant, at the %s contract', (contract) => {
  const t = useSharedApp();
  let operations: { operation: PlacedOperation; places: Place[] }[];
  let callers: Caller[];
  let home: Estate;
  let victim: Estate;
  let treasures: RegExp;
  let before: string[];

  // For each test: whoever is let in changes what the callers are, and may do
  beforeEach(async () => {
    const { body: document } = await t.client().get<OpenApiDocument>(`/openapi/${contract}.json`);
    operations = operationsInPageOrder(document).map((operation) => {
      return { operation, places: placesOf(operation, document) };
    });
    victim = await createEstate(t, 'primary');
    home = await createEstate(t, contract);
    const roles = ROLE_TEMPLATES[contract as RoleTemplateName].map(({ key }) => key);
    callers = await createCallers(t, home, roles);
    const { owner, member, ids } = victim;
    const { slug, companyName } = owner.tenant;
    // Whoever searches their own trail for the member finds that search there, and so the member's id
    const untold = Object.values(ids).filter((id) => id !== ids.members);
    treasures = new RegExp(
      [...untold, owner.user.id, owner.email, member.email, slug, companyName].join('|'),
    );
    before = await readEstate(t, victim);
    const tables = before.map((row) => row.split(' ')[0]);
    expect(tables).toEqual(expect.arrayContaining(['api_key_secrets', 'api_key_usage', 'one_time_secrets']));
    expect(before.length).toBeGreaterThan(15);
  });

  const send = async (
    caller: Caller,
    operation: PlacedOperation,
    places: Place[],
    idsAt: (place: Place) => Ids,
  ) => {
    const { path, body } = fill(operation, places, idsAt);
    const reply = await t.client(caller.token).send(operation.method, path, body);
    expect(reply.status).toBeLessThan(500);
    expect([nameOf(operation), caller.name, treasures.exec(reply.text)]).toEqual([
      nameOf(operation),
      caller.name,
      null,
    ]);
    if (operation.method !== 'GET' && reply.status < 300) await caller.renew();
    return reply;
  };

  /** As `send`, by somebody whom the matrix lets in: whatever the answer is, it is not the contract's. */
  const enter = async (...[caller, operation, places, idsAt]: Parameters<typeof send>) => {
    const reply = await send(caller, operation, places, idsAt);
    const isRefused = isFromContract(reply, caller, operation);
    const told = [nameOf(operation), caller.name, isRefused ? reply.text : 'let in'];
    expect(told).toEqual([nameOf(operation), caller.name, 'let in']);
    return reply;
  };

  /** Each place alone, its neighbours one's own, and all of them together. */
  const attacksOn = (places: Place[]): Place[][] => {
    const alone = places.map((place) => [place]);
    return places.length > 1 ? [...alone, places] : alone;
  };

  it('are refused at the contract to whoever is not let in there', async () => {
    let refusals = 0;
    for (const { operation, places } of operations) {
      for (const caller of callers) {
        const expected = caller.refusalAt(operation['x-access']);
        if (expected === null) continue;
        const { status } = await send(caller, operation, places, () => victim.ids);
        expect([nameOf(operation), caller.name, status]).toEqual([nameOf(operation), caller.name, expected]);
        refusals += 1;
      }
    }
    expect(refusals).toBeGreaterThan(operations.length);
    expect(await readEstate(t, victim)).toEqual(before);
  });

  it('are answered like ids of nothing to whoever is let in', async () => {
    const none = idsOfNothing();
    for (const { operation, places } of operations) {
      const required = places.filter((place) => place.in !== 'query');
      for (const caller of callers.filter(({ refusalAt }) => refusalAt(operation['x-access']) === null)) {
        for (const attack of attacksOn(places)) {
          const filled = [...new Set([...required, ...attack])];
          const own = (place: Place, ids: Ids) => (attack.includes(place) ? ids : home.ids);
          const wrong = verdictOf(await enter(caller, operation, filled, (place) => own(place, none)));
          const other = verdictOf(await enter(caller, operation, filled, (place) => own(place, victim.ids)));
          const told = [nameOf(operation), caller.name, attack.map(({ path }) => path.join('.'))];
          const isSearch = operation.method === 'GET' && attack.every((place) => place.in === 'query');
          if (!isSearch) expect([...told, other.isRefusal]).toEqual([...told, true]);
          // A cursor says where to go on, and no position is another's
          if (attack.some(({ path }) => path.includes('cursor'))) continue;
          expect([...told, other.said]).toEqual([...told, wrong.said]);
        }
      }
    }
    expect(await readEstate(t, victim)).toEqual(before);
  });

  it('have nothing to fear where no id is asked for', async () => {
    for (const { operation, places } of operations.filter((one) => one.places.length === 0)) {
      for (const caller of callers.filter(({ refusalAt }) => refusalAt(operation['x-access']) === null)) {
        await enter(caller, operation, places, () => victim.ids);
      }
    }
    expect(await readEstate(t, victim)).toEqual(before);
  });
});

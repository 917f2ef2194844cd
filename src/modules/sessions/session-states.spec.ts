import type { SessionState } from '../../common/actor.js';
import type { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { SessionReissueRepository } from './session-reissue.repository.js';
import type { StateRow } from './session-state.js';
import { SessionStatesRepository } from './session-states.repository.js';
import { SessionStatesService } from './session-states.service.js';

/** A row of a session. Columns these tests do not read are left out. */
const row = (overrides: Partial<StateRow> = {}) =>
  ({ session_id: 's', token_version: 0, tenant_id: null, successor_version: null, ...overrides }) as StateRow;

/** A fake database that returns these sessions and records the statements. */
function serving(rows: StateRow[], activates = true) {
  const statements: string[] = [];
  const many = ({ name }: Statement) => {
    statements.push(name);
    return Promise.resolve(name === 'read-session-states' ? rows : activates ? [{ id: 's' }] : []);
  };
  const execute = async (statement: Statement) => (await many(statement)).length;
  const database = { autocommitAcrossTenants: { many, execute } } as unknown as Database;
  const states = new SessionStatesService(
    new SessionStatesRepository(database),
    new SessionReissueRepository(database),
  );
  return { states, statements };
}

it('reads what a request must know, including a successor pair, in one statement', async () => {
  const { states, statements } = serving([row({ successor_version: 1 })]);
  const [one, other] = await Promise.all([states.read('s'), states.read('s')]);
  expect(one).toMatchObject({ tokenVersion: 0, successorVersion: 1 });
  expect(other).toEqual(one);
  expect(statements).toEqual(['read-session-states']);
});

it('takes one more for the first use of the successor pair', async () => {
  const { states, statements } = serving([row({ successor_version: 3, generation: 7 })]);
  const state = await states.read('s');
  const present = await states.activate(state as SessionState);
  expect(present).toMatchObject({
    tokenVersion: 3,
    refreshVersion: 3,
    generation: 0,
    successorVersion: null,
  });
  expect(statements).toEqual(['read-session-states', 'activate-session-successor']);
});

it.each([
  ['another call was first', row({ token_version: 3 }), { tokenVersion: 3 }],
  ['the session has a later pair by now', row({ token_version: 4 }), null],
])('sees what became of the session where %s', async (_, present, expected) => {
  const rows = [row({ successor_version: 3 })];
  const { states } = serving(rows, false);
  const state = await states.read('s');
  rows[0] = present;
  const activated = await states.activate(state as SessionState);
  expect(activated).toEqual(expected && expect.objectContaining(expected));
});

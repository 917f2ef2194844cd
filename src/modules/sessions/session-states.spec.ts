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

/**
 * A fake database that returns these sessions, and `complete` where they are read with their permissions, and records the
 * statements.
 */
function serving(rows: StateRow[], activates = true) {
  const statements: string[] = [];
  const complete: StateRow[] = [];
  const answers = new Map([
    ['read-session-states', rows],
    ['read-complete-session-states', complete],
  ]);
  const many = ({ name }: Statement) => {
    statements.push(name);
    return Promise.resolve(answers.get(name) ?? (activates ? [{ id: 's' }] : []));
  };
  const execute = async (statement: Statement) => (await many(statement)).length;
  const database = { autocommitAcrossTenants: { many, execute } } as unknown as Database;
  const states = new SessionStatesService(
    new SessionStatesRepository(database),
    new SessionReissueRepository(database),
  );
  return { states, statements, complete };
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

/** A member whose role has this revision. */
const member = (revision: string, overrides: Partial<StateRow> = {}) =>
  row({
    ...{ tenant_id: 't', membership_id: 'm', operator_id: null, two_factor_enabled: false },
    ...{ role_revision: revision, department_revision: null, role_level: 10, product: null },
    ...overrides,
  });

it('asks for the permissions of a role once for each of its revisions', async () => {
  const rows = [member('first', { permissions: '{"leads":{"view":true}}', department_permissions: null })];
  const { states, statements } = serving(rows);
  const read = async () => (await states.read('s'))?.membership?.role.permissions;
  const lean = (revision: string) => [member(revision)];
  expect(await read()).toEqual({ leads: { view: true } });
  rows.splice(0, 1, ...lean('first'));
  expect(await read()).toEqual({ leads: { view: true } });
  expect(statements).toEqual(['read-session-states', 'read-session-states']);
});

it('reads a state again, with the permissions, if its role is not known', async () => {
  const { states, statements, complete } = serving([member('second')]);
  complete.push(member('third', { permissions: '{"leads":{"view":false}}', department_permissions: null }));
  const state = await states.read('s');
  expect(state?.membership?.role.permissions).toEqual({ leads: { view: false } });
  expect(statements).toEqual(['read-session-states', 'read-complete-session-states']);
});

it('gives no state to a session that ended before it was read again', async () => {
  const { states } = serving([member('fourth')]);
  expect(await states.read('s')).toBeNull();
});

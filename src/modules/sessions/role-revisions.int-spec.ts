import { useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { SessionStatesService } from './session-states.service.js';

const core = useCore([AcceptanceModule]);
const people = new People(core);

const roleOf = async ({ actor }: Person) =>
  (await core.get(SessionStatesService).read(actor.session.sessionId))?.membership?.role;
const mayDelete = async (person: Person) => (await roleOf(person))?.permissions.leads?.delete === true;
const change = (person: Person, sql: string) =>
  core.query(`UPDATE roles SET ${sql} WHERE tenant_id = $1 AND key = 'user'`, [person.tenant.id]);
const allow = (person: Person, isAllowed: boolean) =>
  change(person, `permissions = jsonb_set(permissions, '{leads,delete}', '${isAllowed}')`);

it('a change of a role applies to the next read of every session, whoever wrote it', async () => {
  const owner = await people.owner();
  const members = [await people.member(owner), await people.member(owner)];
  for (const isAllowed of [true, false, true]) {
    await allow(owner, isAllowed);
    expect(await Promise.all(members.map(mayDelete))).toEqual([isAllowed, isAllowed]);
  }
  await change(owner, 'level = 7');
  expect(await roleOf(members[0] as Person)).toMatchObject({ level: 7 });
});

it('a role of one tenant never grants what that of another does', async () => {
  const [one, other] = [await people.owner(), await people.owner()];
  const [ofOne, ofOther] = [await people.member(one), await people.member(other)];
  await allow(one, true);
  await allow(other, false);
  expect(await Promise.all([mayDelete(ofOne), mayDelete(ofOther)])).toEqual([true, false]);
  expect(await Promise.all([mayDelete(ofOther), mayDelete(ofOne)])).toEqual([false, true]);
});

it('every change gives the role a revision that no role has had', async () => {
  const owner = await people.owner();
  const member = await people.member(owner);
  await allow(owner, false);
  const revisions = async () =>
    core.query<{ id: string; revision: string }>('SELECT id, revision FROM roles WHERE tenant_id = $1', [
      owner.tenant.id,
    ]);
  const before = await revisions();
  await change(owner, `name = name`);
  const after = await revisions();
  const all = [...before, ...after].map(({ revision }) => revision);
  expect(new Set(all).size).toBe(before.length + 1);
  expect(await mayDelete(member)).toBe(false);
});

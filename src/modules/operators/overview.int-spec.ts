import { useCore } from '../../../test/support/core.js';
import { People } from '../../../test/support/people.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { OperatorsModule } from './operators.module.js';
import type { Overview } from './overview.repository.js';
import { PersonBlockService } from './person-block.service.js';
import { RecordsService } from './records.service.js';
import { TenantDeletionService } from './tenant-deletion.service.js';
import { TenantSuspensionService } from './tenant-suspension.service.js';

const core = useCore([AcceptanceModule, OperatorsModule]);
const people = new People(core);
const read = () => core.get(RecordsService).readOverview();
const ORDER = { reason: 'A test', reference: 'case 4711' };

/** What is more than before. */
async function added(work: () => Promise<unknown>): Promise<Partial<Overview>> {
  const before = await read();
  await work();
  const after = await read();
  const names = Object.keys(after) as (keyof Overview)[];
  return Object.fromEntries(
    names.flatMap((name) => (after[name] === before[name] ? [] : [[name, after[name] - before[name]]])),
  );
}

it('counts tenants, sign-ins and their refusals', async () => {
  const person = await people.owner();
  expect(await added(() => people.owner())).toEqual({ tenants: 1, signIns: 1 });
  expect(await added(() => people.session(person))).toEqual({ signIns: 1 });
  const guess = () =>
    expect(people.signIn(person, { password: 'a wrong one' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
  expect(await added(guess)).toEqual({ refusedSignIns: 1 });
});

it('counts what is suspended, is being deleted or is blocked, until it is no longer so', async () => {
  const [first, second] = [await people.owner(), await people.owner()];
  const [suspension, blocks] = [core.get(TenantSuspensionService), core.get(PersonBlockService)];
  expect(await added(() => suspension.suspend(first.tenant.id, ORDER))).toEqual({ suspendedTenants: 1 });
  expect(await added(() => core.get(TenantDeletionService).request(second.tenant.id, ORDER))).toEqual({
    suspendedTenants: 1,
    leavingTenants: 1,
  });
  expect(await added(() => suspension.restore(second.tenant.id, ORDER))).toEqual({
    suspendedTenants: -1,
    leavingTenants: -1,
  });
  expect(await added(() => blocks.block(first.id, ORDER))).toEqual({ blockedPeople: 1 });
  expect(await added(() => blocks.unblock(first.id, ORDER))).toEqual({ blockedPeople: -1 });
});

it('counts the messages that wait, and those that were given up in the last hour', async () => {
  const setOne = (values: string) =>
    core.query(`UPDATE messages SET ${values} WHERE id = (SELECT id FROM messages ORDER BY id LIMIT 1)`);
  await people.owner();
  await setOne(`status = 'recorded'`);
  const queued = `status = 'queued', next_try_at = now() + interval '1 day'`;
  expect(await added(() => setOne(`${queued}, channel = 'email'`))).toEqual({ waitingEmails: 1 });
  expect(await added(() => setOne(`channel = 'sms'`))).toEqual({ waitingEmails: -1, waitingSms: 1 });
  expect(await added(() => setOne(`status = 'recorded', channel = 'email'`))).toEqual({ waitingSms: -1 });
  expect(await added(() => setOne(`status = 'failed', created_at = now()`))).toEqual({ failedMessages: 1 });
  expect(await added(() => setOne(`created_at = now() - interval '61 minutes'`))).toEqual({
    failedMessages: -1,
  });
});

import { endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People } from '../../../test/support/people.js';
import { uniqueEmail } from '../../../test/support/unique.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import { passwordSubjectsOf } from '../passwords/password-guesses.js';
import { LimitsService } from './limits.service.js';
import { OperatorsModule } from './operators.module.js';

const core = useCore([AcceptanceModule, AttemptsModule, OperatorsModule]);
const people = new People(core);
const by = () => ({
  id: '01988b6e-7c1f-7000-8000-000000000001',
  email: 'operator@example.com',
  sessionId: '01988b6e-7c1f-7000-8000-000000000002',
  origin: core.origin(),
});
const list = (identifier: string) => core.get(LimitsService).list(by(), identifier);

it('lists the guesses at every password of the account, and records whom the operator looked at', async () => {
  const person = await people.owner();
  const account = { id: person.id, email: person.email, phone: null };
  for (const subject of passwordSubjectsOf(account))
    await core.get(AttemptsService).reserve({ subject, address: core.origin().address }, 'password');
  const kinds = (await list(person.email)).map(({ kind }) => kind);
  expect(kinds.sort()).toEqual(['current-password', 'password']);
  const views = await core.query(
    `SELECT tenant_id, actor_kind FROM audit_events WHERE action = 'user.viewed' AND target_id = $1`,
    [person.id],
  );
  expect(views).toEqual([{ tenant_id: null, actor_kind: 'operator' }]);
});

it('records nothing for an address without an account, and knows no text that is no identifier', async () => {
  expect(await list(uniqueEmail())).toEqual([]);
  await expect(list('nobody')).rejects.toMatchObject({ code: 'not_found' });
  expect(
    await core.query(`SELECT id FROM audit_events WHERE action = 'user.viewed' AND target_id IS NULL`),
  ).toEqual([]);
});

it('lifts them at once and tells the person, and their tenant', async () => {
  const person = await people.owner();
  const subject = `password:email:${person.email}`;
  const attempts = core.get(AttemptsService);
  for (let guess = 0; guess < 5; guess += 1)
    await attempts.reserve({ subject, address: core.origin().address }, 'password');
  const next = () => endOf(attempts.reserve({ subject, address: core.origin().address }, 'password'));
  expect(await next()).toBe('too_many_attempts');
  await core.get(LimitsService).lift(person.email, { reason: 'Called us', reference: 'case 7' });
  expect(await next()).toBe('ok');
  const events = await core.query(
    `SELECT tenant_id, detail FROM audit_events WHERE action = 'limits.lifted' AND target_id = $1 ORDER BY tenant_id NULLS LAST`,
    [person.id],
  );
  expect(events).toEqual([
    { tenant_id: person.tenant.id, detail: { reference: 'case 7' } },
    { tenant_id: null, detail: { reason: 'Called us', reference: 'case 7' } },
  ]);
  const [notice] = await core.messages(person.email, 'notice');
  expect(notice?.subject).toBe('Limits of your account were lifted');
});

it('lifts nothing for an operator who signed out meanwhile', async () => {
  const person = await people.owner();
  const subject = `password:email:${person.email}`;
  const attempts = core.get(AttemptsService);
  await attempts.reserve({ subject, address: core.origin().address }, 'password');
  const order = { reason: 'Called us', reference: 'case 7', by: by() };
  expect(await endOf(core.get(LimitsService).lift(person.email, order))).toBe('access_token_invalid');
  expect((await attempts.read([subject])).map(({ failures }) => failures)).toEqual([1]);
});

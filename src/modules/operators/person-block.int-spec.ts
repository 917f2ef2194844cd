import { v7 as newId } from 'uuid';
import { useCore } from '../../../test/support/core.js';
import { People } from '../../../test/support/people.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { AcceptanceService } from '../acceptance/acceptance.service.js';
import { OperatorsModule } from './operators.module.js';
import { PersonBlockService } from './person-block.service.js';
import { PersonHelpService } from './person-help.service.js';

const core = useCore([AcceptanceModule, OperatorsModule]);
const people = new People(core);
const ORDER = { reason: 'Reported for fraud', reference: 'case 4711' };
const block = (id: string) => core.get(PersonBlockService).block(id, ORDER);
const unblock = (id: string) => core.get(PersonBlockService).unblock(id, ORDER);
const events = (action: string, id: string) =>
  core.query(
    `SELECT tenant_id, actor_kind, detail FROM audit_events WHERE action = $1 AND target_id = $2
     ORDER BY tenant_id NULLS FIRST`,
    [action, id],
  );
const statusOf = async (id: string) =>
  (await core.query<{ status: string }>('SELECT status FROM users WHERE id = $1', [id]))[0]?.status;

it('refuses every session and sign-in of a blocked person, and a new sign-in works after it', async () => {
  const person = await people.owner();
  const other = await people.session(person);
  expect(await block(person.id)).toEqual({ changed: true, sessions: 2 });
  for (const { tokens } of [person, other])
    await expect(people.actor(tokens.accessToken)).rejects.toMatchObject({ code: 'access_token_invalid' });
  await expect(people.signIn(person)).rejects.toMatchObject({ code: 'invalid_credentials' });

  expect(await unblock(person.id)).toBe(true);
  await expect(people.actor(person.tokens.accessToken)).rejects.toMatchObject({
    code: 'access_token_invalid',
  });
  expect((await people.session(person)).id).toBe(person.id);
});

it('suspends the invitations of the person, and nobody else’s', async () => {
  const owner = await people.owner();
  const second = await people.member(owner, 'admin');
  const [own, theirs] = [await people.invitation(owner), await people.invitation(second)];
  const accept = ({ token }: { token: string }) =>
    core
      .get(AcceptanceService)
      .accept(
        null,
        { token, password: 'a long enough one 7!', firstName: 'N', lastName: 'N' },
        core.origin(),
      );
  await block(second.id);
  await expect(accept(theirs)).rejects.toMatchObject({ code: 'invitation_already_used' });
  expect(await accept(own)).toMatchObject({ kind: 'signed-in' });
  await unblock(second.id);
  expect(await accept(theirs)).toMatchObject({ kind: 'signed-in' });
});

it('is recorded for operators with the reason, for each tenant with the reference, and told, once of twenty', async () => {
  const person = await people.owner();
  const answers = await Promise.all(Array.from({ length: 20 }, () => block(person.id)));
  expect(answers.filter(({ changed }) => changed)).toEqual([{ changed: true, sessions: 1 }]);
  expect(await events('user.blocked', person.id)).toEqual([
    { tenant_id: null, actor_kind: 'operator', detail: { ...ORDER, sessions: 1 } },
    { tenant_id: person.tenant.id, actor_kind: 'operator', detail: { reference: ORDER.reference } },
  ]);
  const told = await Promise.all(Array.from({ length: 20 }, () => unblock(person.id)));
  expect(told.filter(Boolean)).toEqual([true]);
  expect(await events('user.unblocked', person.id)).toHaveLength(2);
  const subjects = (await core.messages(person.email, 'notice')).map(({ subject }) => subject);
  expect(subjects.filter((subject) => /blocked/.test(subject)).sort()).toEqual([
    'Your account was blocked',
    'Your account was unblocked',
  ]);
});

it('leaves no session of sign-ins that run at the same time', async () => {
  const person = await people.owner();
  const signIns = Array.from({ length: 10 }, () => people.session(person).catch(() => null));
  const [, ...sessions] = await Promise.all([block(person.id), ...signIns]);
  for (const session of sessions)
    if (session) await expect(people.actor(session.tokens.accessToken)).rejects.toThrow();
  const [live] = await core.query(
    'SELECT count(*)::int AS n FROM sessions WHERE user_id = $1 AND revoked_at IS NULL',
    [person.id],
  );
  expect(live).toEqual({ n: 0 });
});

it('returns an account that is being deleted to that state', async () => {
  const { id } = await people.owner();
  await core.query(
    `UPDATE users SET status = 'leaving', deletion_at = now() + interval '1 day' WHERE id = $1`,
    [id],
  );
  await block(id);
  expect(await statusOf(id)).toBe('closed');
  await unblock(id);
  expect(await statusOf(id)).toBe('leaving');
});

it('refuses an unknown person and an act without a reason, with nothing changed', async () => {
  const person = await people.owner();
  const help = core.get(PersonHelpService);
  await expect(help.restore(newId(), ORDER)).rejects.toMatchObject({ code: 'not_found' });
  expect(await help.restore(person.id, ORDER)).toBe(false);
  await expect(block(newId())).rejects.toMatchObject({ code: 'not_found' });
  await expect(unblock(newId())).rejects.toMatchObject({ code: 'not_found' });
  const service = core.get(PersonBlockService);
  await expect(service.block(person.id, { ...ORDER, reason: ' ' })).rejects.toMatchObject({
    code: 'validation_failed',
  });
  expect(await statusOf(person.id)).toBe('active');
});

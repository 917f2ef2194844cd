import { burst, burstEnds, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { SignOutService } from '../auth/sign-out.service.js';
import { RefreshService } from './refresh.service.js';
import { SessionsService } from './sessions.service.js';

const DAY = 86_400;
const MAX_SESSIONS = 3;

const core = useCore([AcceptanceModule], { MAX_SESSIONS_PER_USER: String(MAX_SESSIONS) });
const people = new People(core);
const { REFRESH_GRACE_SECONDS: GRACE, REFRESH_IDLE_SECONDS: IDLE } = core.config;

const refresh = (token: string) => core.get(RefreshService).refresh(token, core.origin());
const isLive = async ({ tokens }: Person) => (await endOf(people.actor(tokens.accessToken))) === 'ok';
const eventsOf = ({ actor }: Person, action: string) =>
  core.query('SELECT outcome, actor_id FROM audit_events WHERE action = $1 AND target_id = $2', [
    action,
    actor.session.sessionId,
  ]);
const reasonOf = async ({ actor }: Person) => {
  const text = 'SELECT revoked_reason AS reason FROM sessions WHERE id = $1';
  return (await core.query<{ reason: string | null }>(text, [actor.session.sessionId]))[0]?.reason;
};
const refreshCountOf = async ({ actor }: Person) => {
  const text = 'SELECT refresh_count AS count FROM sessions WHERE id = $1';
  return (await core.query<{ count: number }>(text, [actor.session.sessionId]))[0]?.count;
};
const reuseNotices = async ({ email }: Person) =>
  (await core.messages(email, 'notice')).filter(
    ({ subject }) => subject === 'A session was ended for your safety',
  );

describe('rotation', () => {
  it('waits while the tenant is suspended, so that the token is the current one when it is restored', async () => {
    const person = await people.owner();
    const { refreshToken } = person.tokens;
    const setStatus = (status: string) =>
      core.query('UPDATE tenants SET status = $2 WHERE id = $1', [person.tenant.id, status]);
    await setStatus('suspended');
    expect(await burstEnds(20, () => refresh(refreshToken))).toEqual({ refresh_token_invalid: 20 });
    await core.pass(GRACE + 1);
    await setStatus('active');
    const next = await refresh(refreshToken);
    expect((await refresh(next.refreshToken)).refreshToken).not.toBe(next.refreshToken);
    expect(await reuseNotices(person)).toEqual([]);
  });

  it('gives the same successor to all of 20 refreshes of one token, and rotates once', async () => {
    const person = await people.owner();
    const { refreshToken } = person.tokens;
    const answers = await burst(20, () => refresh(refreshToken));
    const [successor = '', ...others] = [...new Set(answers.map((answer) => answer.refreshToken))];
    expect(others).toEqual([]);
    expect(successor).not.toBe(refreshToken);
    expect(await refreshCountOf(person)).toBe(1);

    const next = await refresh(successor);
    expect(new Set([refreshToken, successor, next.refreshToken]).size).toBe(3);
    expect(next.state.sessionId).toBe(person.actor.session.sessionId);
  });

  it('gives the successor again to a retry within the grace period', async () => {
    const { tokens } = await people.owner();
    const { refreshToken: successor } = await refresh(tokens.refreshToken);
    await core.pass(GRACE / 2);
    expect((await refresh(tokens.refreshToken)).refreshToken).toBe(successor);
  });

  it('takes a retry after the grace period for a replay, which ends the session', async () => {
    const person = await people.owner();
    const { refreshToken: successor } = await refresh(person.tokens.refreshToken);
    await core.pass(GRACE);
    const replay = () => refresh(person.tokens.refreshToken);
    expect(await burstEnds(20, replay)).toEqual({ refresh_token_invalid: 20 });
    expect(await endOf(refresh(successor))).toBe('refresh_token_invalid');
    expect(await isLive(person)).toBe(false);
    expect(await reasonOf(person)).toBe('refresh_token_reused');
  });

  it('reports a replay once, to the trail and to the person', async () => {
    const person = await people.owner();
    await refresh(person.tokens.refreshToken);
    await core.pass(GRACE);
    await burstEnds(20, () => refresh(person.tokens.refreshToken));
    expect(await eventsOf(person, 'session.reuse_detected')).toEqual([
      { outcome: 'refused', actor_id: person.id },
    ]);
    expect(await reuseNotices(person)).toHaveLength(1);
  });

  it('takes a token that was exchanged two rotations ago for a replay at once', async () => {
    const person = await people.owner();
    const { refreshToken: second } = await refresh(person.tokens.refreshToken);
    await refresh(second);
    expect(await endOf(refresh(person.tokens.refreshToken))).toBe('refresh_token_invalid');
    expect(await isLive(person)).toBe(false);
  });

  it('ends no other session of the person with the replayed one', async () => {
    const person = await people.owner();
    const other = await people.session(person);
    await refresh(person.tokens.refreshToken);
    await core.pass(GRACE);
    await endOf(refresh(person.tokens.refreshToken));
    expect([await isLive(person), await isLive(other)]).toEqual([false, true]);
  });

  it('refuses what is no token of this server', async () => {
    const { tokens } = await people.owner();
    for (const token of ['', 'x', tokens.accessToken, `${tokens.refreshToken}x`])
      expect(await endOf(refresh(token))).toBe('refresh_token_invalid');
  });
});

describe('a session ends', () => {
  it('when it was idle for too long; each refresh starts that time anew', async () => {
    const person = await people.owner();
    await core.pass(IDLE - DAY);
    const { refreshToken } = await refresh(person.tokens.refreshToken);
    await core.pass(IDLE - DAY);
    expect(await isLive(person)).toBe(true);
    await core.pass(DAY);
    expect(await endOf(refresh(refreshToken))).toBe('refresh_token_invalid');
    expect(await isLive(person)).toBe(false);
  });

  it('at its absolute end, however often it is refreshed', async () => {
    const person = await people.owner();
    let { refreshToken } = person.tokens;
    const step = IDLE - DAY;
    const steps = Math.ceil(core.config.REFRESH_ABSOLUTE_SECONDS / step);
    for (let done = 1; done < steps; done += 1) {
      await core.pass(step);
      ({ refreshToken } = await refresh(refreshToken));
    }
    await core.pass(step);
    expect(await endOf(refresh(refreshToken))).toBe('refresh_token_invalid');
    expect(await isLive(person)).toBe(false);
  });

  it('by a sign-out, which leaves the others or ends them all', async () => {
    const first = await people.owner();
    const [second, third] = [await people.session(first), await people.session(first)];
    await core.get(SignOutService).signOut(first.actor, { everywhere: false });
    expect(await Promise.all([first, second, third].map(isLive))).toEqual([false, true, true]);
    expect(await endOf(refresh(first.tokens.refreshToken))).toBe('refresh_token_invalid');
    await core.get(SignOutService).signOut(second.actor, { everywhere: true });
    expect(await Promise.all([second, third].map(isLive))).toEqual([false, false]);
  });

  it('by its owner from another session, and by nobody else', async () => {
    const person = await people.owner();
    const [other, stranger] = [await people.session(person), await people.owner()];
    const end = (by: Person) =>
      core.get(SessionsService).end(by.actor, other.actor.session.sessionId, 'logout');
    expect(await endOf(end(stranger))).toBe('not_found');
    expect(await isLive(other)).toBe(true);
    expect(await burstEnds(20, () => end(person))).toEqual({ ok: 1, not_found: 19 });
    expect(await isLive(other)).toBe(false);
  });
});

it(`ends the oldest sessions over the limit of a person, also if many are opened at once`, async () => {
  const person = await people.owner();
  const opened = await burst(2 * MAX_SESSIONS, () => people.signIn(person));
  expect(opened.map(({ kind }) => kind)).toEqual(Array(2 * MAX_SESSIONS).fill('signed-in'));
  expect(await isLive(person)).toBe(false);
  expect(await reasonOf(person)).toBe('session_limit');
  const newest = await people.session(person);
  const { data } = await core.get(SessionsService).list(newest.actor);
  expect(data).toHaveLength(MAX_SESSIONS);
  expect(data[0]?.id).toBe(newest.actor.session.sessionId);
});

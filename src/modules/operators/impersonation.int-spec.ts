import { burst, countBy, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { Authenticator } from '../../../test/support/totp.js';
import { PASSWORD, uniqueEmail } from '../../../test/support/unique.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { OperatorAccountsService } from '../operator-accounts/operator-accounts.service.js';
import { OperatorEnrolmentService } from '../operator-accounts/operator-enrolment.service.js';
import { OperatorSessionsService } from '../operator-accounts/operator-sessions.service.js';
import { OperatorSignInService } from '../operator-accounts/operator-sign-in.service.js';
import type { SignedInOperator } from '../operator-accounts/signed-in-operator.js';
import { AccessTokensService } from '../sessions/access-tokens.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { MemberAccessService } from '../tenants/member-access.service.js';
import { TenantSettingsService } from '../tenants/tenant-settings.service.js';
import { ImpersonationService } from './impersonation.service.js';
import { OperatorsModule } from './operators.module.js';
import { PersonBlockService } from './person-block.service.js';
import { PersonSignOutService } from './person-sign-out.service.js';
import { TenantSuspensionService } from './tenant-suspension.service.js';

const MAX_SESSIONS = 3;
/** As many of one event may be sent to a person at once. */
const NOTICES = 10;
const core = useCore([AcceptanceModule, OperatorsModule], {
  MAX_SESSIONS_PER_USER: String(MAX_SESSIONS),
  THROTTLE_ENABLED: 'true',
});
const people = new People(core);
const ORDER = { reason: 'Cannot see an invoice', reference: 'case 4711' };
let operator: SignedInOperator;

async function signedIn(): Promise<SignedInOperator> {
  const email = uniqueEmail('operator');
  const origin = core.origin();
  const token = await core.get(OperatorAccountsService).create(email, ['10.7.0.0/16']);
  const { seed } = await core.get(OperatorEnrolmentService).read(token, origin);
  const authenticator = new Authenticator(seed?.secret ?? '');
  const confirmation = { token, password: PASSWORD, code: authenticator.code() };
  await core.get(OperatorEnrolmentService).complete(confirmation, origin);
  const code = authenticator.nextCode();
  const { accessToken } = await core
    .get(OperatorSignInService)
    .signIn({ email, password: PASSWORD, code }, origin);
  return core.get(OperatorSessionsService).verify(accessToken, origin);
}

beforeAll(async () => {
  operator = await signedIn();
});

const start = ({ id, tenant }: Pick<Person, 'id' | 'tenant'>, by = operator) =>
  core.get(ImpersonationService).start(id, tenant.id, { ...ORDER, by });
const works = async ({ accessToken }: { accessToken: string }) => {
  const end = await endOf(people.actor(accessToken));
  return end === 'ok' || end;
};
const DEAD = 'access_token_invalid';
const setAccess = (owner: Person, supportAccess: 'none' | 'read' | 'write') =>
  core.get(TenantSettingsService).update(owner.actor, { policies: { supportAccess } });

it('is a token of the person’s tenant that names the operator, ends in 15 minutes and carries no role', async () => {
  const owner = await people.owner();
  const { accessToken, expiresIn } = await start(owner);
  const claims = await core.get(AccessTokensService).verify(accessToken);
  expect(claims).toMatchObject({ sub: owner.id, org_id: owner.tenant.id, act: { sub: operator.id } });
  expect(claims).not.toHaveProperty('role');
  expect(claims).not.toHaveProperty('role_level');
  expect(expiresIn).toBeGreaterThan(900 - 120);
  expect(expiresIn).toBeLessThanOrEqual(900);
  expect(claims.exp - claims.iat).toBe(expiresIn);
});

it('ends with the operator’s session, if that is over before', async () => {
  const person = await people.owner();
  const by = await signedIn();
  await core.query(`UPDATE operator_sessions SET expires_at = now() + interval '100 s' WHERE id = $1`, [
    by.sessionId,
  ]);
  expect((await start(person, by)).expiresIn).toBeLessThanOrEqual(100);
});

it('has what the role has to view, by default, and the rest where the tenant says so, at once', async () => {
  const owner = await people.owner();
  const token = await start(owner);
  const permissions = async () =>
    (await people.actor(token.accessToken)).session.membership?.role.permissions ?? {};
  expect(await permissions()).toMatchObject({
    leads: { view: true, create: false },
    teams: { view: true, edit: false },
    roles: { view: true, edit: false },
  });
  await setAccess(owner, 'write');
  expect(await permissions()).toMatchObject({
    leads: { view: true, create: true },
    teams: { view: true, edit: true },
    roles: { view: true, edit: false },
    invitations: { create: false },
    settings: { edit: false },
    apiKeys: { create: false },
  });
  expect(owner.actor.session.membership?.role.permissions).toMatchObject({ roles: { edit: true } });
  await setAccess(owner, 'none');
  expect(await works(token)).toBe(DEAD);
  expect(await endOf(start(owner))).toBe('support_access_not_allowed');
});

it('is refused where the person is no active member, and of a person who is blocked or unknown', async () => {
  const [owner, other] = [await people.owner(), await people.owner()];
  const member = await people.member(owner);
  expect(await endOf(start({ id: member.id, tenant: other.tenant }))).toBe('not_found');
  await core.get(MemberAccessService).suspend(owner.actor, member.id);
  expect(await endOf(start(member))).toBe('not_found');
  const blocked = await people.member(owner);
  await core.get(PersonBlockService).block(blocked.id, ORDER);
  expect(await endOf(start(blocked))).toBe('not_found');
  expect(await endOf(start({ id: operator.id, tenant: owner.tenant }))).toBe('not_found');
  await core.get(TenantSuspensionService).suspend(other.tenant.id, ORDER);
  expect(await endOf(start(other))).toBe('not_found');
  const rows = await core.query(
    'SELECT 1 FROM sessions WHERE operator_id IS NOT NULL AND user_id = ANY($1)',
    [[member.id, blocked.id, other.id]],
  );
  expect(rows).toEqual([]);
});

type Ending = (person: Person, by: SignedInOperator, sessionId: string, owner: Person) => Promise<unknown>;
const ENDINGS: Record<string, Ending> = {
  'the operator ends it': (_person, by, id) => core.get(ImpersonationService).end(by, id),
  'the operator signs out': (_person, by) => core.get(OperatorSessionsService).end(by),
  'the operator is disabled': (_person, by) => core.get(OperatorAccountsService).disable(by.email),
  'the operator’s password is reset': (_person, by) =>
    core.get(OperatorAccountsService).resetPassword(by.email),
  'the operator’s session is deleted': (_person, by) =>
    core.query('DELETE FROM operator_sessions WHERE id = $1', [by.sessionId]),
  'the person ends it': ({ actor }, _by, id) => core.get(SessionsService).end(actor, id, 'ended_by_user'),
  'the person is signed out': ({ id }) => core.get(PersonSignOutService).signOut(id, ORDER),
  'the person is blocked': ({ id }) => core.get(PersonBlockService).block(id, ORDER),
  'the membership is suspended': ({ id }, _by, _session, owner) =>
    core.get(MemberAccessService).suspend(owner.actor, id),
  'the member is removed': ({ id }, _by, _session, owner) =>
    core.get(MemberAccessService).remove(owner.actor, id),
  'the tenant is suspended': ({ tenant }) => core.get(TenantSuspensionService).suspend(tenant.id, ORDER),
};

it.each(Object.entries(ENDINGS))('ends when %s', async (_, end) => {
  const owner = await people.owner();
  const person = await people.member(owner);
  const by = await signedIn();
  const token = await start(person, by);
  expect(await works(token)).toBe(true);
  await end(person, by, token.state.sessionId, owner);
  expect(await works(token)).toBe(DEAD);
});

it('is one of an operator and a person at a time, whatever comes at once', async () => {
  const person = await people.owner();
  const tokens = await burst(NOTICES - 1, () => start(person));
  const states = await Promise.all(tokens.map(works));
  expect(countBy(states, String)).toEqual({ true: 1, [DEAD]: NOTICES - 2 });
  const other = await start(person, await signedIn());
  expect(await works(other)).toBe(true);
  expect(countBy(await Promise.all(tokens.map(works)), String)).toEqual({ true: 1, [DEAD]: NOTICES - 2 });
});

it('opens none that the person is not told of, and records the end of each that it replaces', async () => {
  const person = await people.owner();
  const [known] = await core.messages(person.email, 'notice');
  expect(known).toBeUndefined();
  const ends = await burst(20, () => endOf(start(person)));
  expect(countBy(ends, String)).toEqual({ ok: NOTICES, message_limit_exceeded: 20 - NOTICES });
  expect(await core.messages(person.email, 'notice')).toHaveLength(NOTICES);
  const events = await core.query<{ action: string; tenant_id: string | null }>(
    `SELECT action, tenant_id FROM audit_events WHERE target_id = $1 AND action LIKE 'impersonation.%'`,
    [person.id],
  );
  expect(
    countBy(events, ({ action, tenant_id }) => `${action} ${tenant_id ? 'tenant' : 'operators'}`),
  ).toEqual({
    'impersonation.started operators': NOTICES,
    'impersonation.started tenant': NOTICES,
    'impersonation.ended operators': NOTICES - 1,
    'impersonation.ended tenant': NOTICES - 1,
  });
});

it('tells a person whose identifiers nobody verified each time', async () => {
  const person = await people.owner();
  await core.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [person.id]);
  await start(person);
  await start(person);
  expect(await core.messages(person.email, 'notice')).toHaveLength(2);
});

it('neither takes a session of the person away nor makes an address or a device known', async () => {
  const person = await people.owner();
  const more = await Promise.all(Array.from({ length: MAX_SESSIONS - 1 }, () => people.session(person)));
  await start(person);
  for (const { tokens } of [person, ...more]) expect(await works(tokens)).toBe(true);
  const origin = { ...operator.origin, userAgent: 'of the operator' };
  await core.get(ImpersonationService).start(person.id, person.tenant.id, {
    ...ORDER,
    by: { ...operator, origin },
  });
  await people.session(person, { origin });
  const notices = await core.messages(person.email, 'notice');
  expect(notices[0]?.subject).toBe('New sign-in to your account');
  // That sign-in took the place of the oldest of the person's own sessions, and of no other
  expect(await Promise.all([person, ...more].map(({ tokens }) => works(tokens)))).toEqual([DEAD, true, true]);
});

it('is in the list of the person’s sessions, told by a message, and in both audit trails', async () => {
  const person = await people.owner();
  const { state } = await start(person);
  const { data } = await core.get(SessionsService).list(person.actor);
  expect(data.map((one) => [one.id, one.impersonatedBy, one.address, one.userAgent])).toEqual([
    [state.sessionId, operator.id, null, null],
    [person.actor.session.sessionId, null, expect.stringMatching(/^10\.7\./), expect.any(String)],
  ]);
  const [message] = await core.messages(person.email, 'notice');
  expect(message?.subject).toContain('in your place');
  expect(message?.text).toContain(ORDER.reference);
  expect(message?.text).not.toContain(ORDER.reason);
  // The operator’s own; the reader is told of addresses of theirs
  expect(message?.text).not.toContain(operator.origin.address);
  await core.get(ImpersonationService).end(operator, state.sessionId);
  const rows = await core.query<{ action: string; tenant_id: string | null; actor_id: string | null }>(
    `SELECT action, tenant_id, actor_kind, actor_id, address, detail FROM audit_events
     WHERE target_id = $1 AND action LIKE 'impersonation.%' ORDER BY occurred_at, id`,
    [person.id],
  );
  const own = operator.origin.address;
  const operators = { tenant_id: null, actor_kind: 'operator', actor_id: operator.id, address: own };
  const theirs = { actor_kind: 'operator', actor_id: null, address: null };
  const tenants = { tenant_id: person.tenant.id, ...theirs };
  const { id: tenantId } = person.tenant;
  const { sessionId, expiresAt } = state;
  const detail = { ...ORDER, tenantId, sessionId, access: 'read', expiresAt: expiresAt.toJSON() };
  expect(rows).toEqual([
    { ...operators, action: 'impersonation.started', detail },
    { ...tenants, action: 'impersonation.started', detail: { reference: ORDER.reference } },
    { ...operators, action: 'impersonation.ended', detail: { sessionId } },
    { ...tenants, action: 'impersonation.ended', detail: { sessionId } },
  ]);
  expect(await endOf(core.get(ImpersonationService).end(operator, sessionId))).toBe('not_found');
});

it('goes on when the tenant begins to require a second factor, which is not asked of it', async () => {
  const owner = await people.owner();
  const member = await people.member(owner);
  const token = await start(member);
  await core.get(TenantSettingsService).update(owner.actor, { policies: { requireTwoFactor: true } });
  expect(await works(token)).toBe(true);
  expect(await works(member.tokens)).toBe(DEAD);
});

it('belongs to the operator alone: another one cannot end it', async () => {
  const person = await people.owner();
  const token = await start(person);
  const other = await signedIn();
  expect(await endOf(core.get(ImpersonationService).end(other, token.state.sessionId))).toBe('not_found');
  expect(await endOf(core.get(ImpersonationService).end(operator, person.actor.session.sessionId))).toBe(
    'not_found',
  );
  expect(await works(token)).toBe(true);
});

it('does not begin for an operator who is disabled meanwhile', async () => {
  const person = await people.owner();
  const by = await signedIn();
  await core.get(OperatorAccountsService).disable(by.email);
  expect(await endOf(start(person, by))).toBe(DEAD);
});

it('says for what: a blank reason or reference is refused', async () => {
  const person = await people.owner();
  for (const blank of [{ reason: ' ' }, { reference: '' }]) {
    const order = { ...ORDER, ...blank, by: operator };
    const refused = core.get(ImpersonationService).start(person.id, person.tenant.id, order);
    expect(await endOf(refused)).toBe('validation_failed');
  }
});

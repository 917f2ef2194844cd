import { burstEnds, countBy, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { tokenOf } from '../../../test/support/inbox.js';
import { People, type Person } from '../../../test/support/people.js';
import { PASSWORD, uniqueEmail } from '../../../test/support/unique.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { AcceptanceService } from '../acceptance/acceptance.service.js';
import { MemberAccessService } from '../tenants/member-access.service.js';
import { MemberChangesService } from '../tenants/member-changes.service.js';
import { InvitationManagementService } from './invitation-management.service.js';

const core = useCore([AcceptanceModule]);
const people = new People(core);

const accept = (token: string, by: Person | null = null) => {
  const names = { firstName: 'Mia', lastName: 'Member' };
  const acceptance = by ? { token } : { token, password: PASSWORD, ...names };
  return core.get(AcceptanceService).accept(by?.actor ?? null, acceptance, core.origin());
};
const resend = (by: Person, id: string) => core.get(InvitationManagementService).resend(by.actor, id);
const revoke = (by: Person, id: string) => core.get(InvitationManagementService).revoke(by.actor, id);
const newestToken = async (email: string) => tokenOf(await core.latest(email, 'invitation'));
const membershipsOf = (email: string) =>
  core.query<{ tenant_id: string; role: string }>(
    `SELECT m.tenant_id, r.key AS role FROM users u JOIN memberships m ON m.user_id = u.id
     JOIN roles r ON r.id = m.role_id WHERE u.email = $1`,
    [email],
  );
const stateOf = async ({ actor }: Person, id: string) => {
  const { data } = await core.get(InvitationManagementService).list(actor, null, { limit: 100, after: null });
  return data.find((one) => one.id === id)?.state;
};

describe('acceptance', () => {
  it('makes one account and one membership, of 20 at the same time', async () => {
    const owner = await people.owner();
    const { id, email, token } = await people.invitation(owner, { role: 'manager' });
    const ends = await burstEnds(20, () => accept(token));
    expect(ends.ok).toBe(1);
    expect(await membershipsOf(email)).toEqual([{ tenant_id: owner.tenant.id, role: 'manager' }]);
    expect(await stateOf(owner, id)).toBe('accepted');
    expect(await endOf(accept(token))).toBe('invitation_already_used');
  });

  it('by a session makes one membership, of 20 at the same time', async () => {
    const [owner, person] = [await people.owner(), await people.owner()];
    const { email, token } = await people.invitation(owner, { email: person.email });
    expect(await burstEnds(20, () => accept(token, person))).toEqual({ ok: 1, invitation_already_used: 19 });
    expect(await membershipsOf(email)).toHaveLength(2);
  });

  it('verifies the address: the new member signs in, and may invite', async () => {
    const owner = await people.owner();
    const manager = await people.member(owner, 'manager');
    expect(manager.actor.session.user).toMatchObject({ emailVerified: true, email: manager.email });
    expect((await people.signIn(manager)).kind).toBe('signed-in');
    expect(await endOf(people.invitation(manager))).toBe('ok');
  });

  it('is not for another account, nor for a wrong password, and the invitation stays open', async () => {
    const [owner, person] = [await people.owner(), await people.owner()];
    const { id, token } = await people.invitation(owner, { email: person.email });
    expect(await endOf(accept(token, owner))).toBe('invitation_wrong_account');
    const wrong = { token, password: 'Wrong-Horse-13-Battery' };
    const guess = core.get(AcceptanceService).accept(null, wrong, core.origin());
    expect(await endOf(guess)).toBe('invalid_credentials');
    expect(await stateOf(owner, id)).toBe('open');
    expect(await endOf(accept(token, person))).toBe('ok');
  });

  it('needs the link, whole', async () => {
    const { token } = await people.invitation(await people.owner());
    for (const text of ['', 'x', token.slice(0, -1), `${token}x`])
      expect(await endOf(accept(text))).toBe('invitation_not_found');
  });
});

describe('an invitation that is', () => {
  it('revoked is refused from then on', async () => {
    const owner = await people.owner();
    const { id, email, token } = await people.invitation(owner);
    await revoke(owner, id);
    expect(await endOf(accept(token))).toBe('invitation_already_used');
    expect(await membershipsOf(email)).toEqual([]);
    expect(await stateOf(owner, id)).toBe('revoked');
    expect(await endOf(revoke(owner, id))).toBe('invitation_already_used');
    expect(await endOf(resend(owner, id))).toBe('invitation_already_used');
  });

  it('revoked and accepted at once is one of both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const owner = await people.owner();
      const { id, email, token } = await people.invitation(owner);
      const ends = await Promise.all([endOf(accept(token)), endOf(revoke(owner, id))]);
      expect(countBy(ends, (end) => end)).toEqual({ ok: 1, invitation_already_used: 1 });
      expect(await membershipsOf(email)).toHaveLength(ends[0] === 'ok' ? 1 : 0);
    }
  });

  it('expired is refused, until it is sent again', async () => {
    const owner = await people.owner();
    const { id, email, token } = await people.invitation(owner);
    await core.pass(core.config.INVITATION_TTL_SECONDS);
    expect(await endOf(accept(token))).toBe('invitation_expired');
    expect(await stateOf(owner, id)).toBe('expired');
    await resend(await people.session(owner), id);
    expect(await endOf(accept(await newestToken(email)))).toBe('ok');
  });

  it('sent again has a new link, and the old one is refused', async () => {
    const owner = await people.owner();
    const { id, email, token } = await people.invitation(owner);
    await resend(owner, id);
    const newest = await newestToken(email);
    expect(newest).not.toBe(token);
    expect(await endOf(accept(token))).toBe('invitation_already_used');
    expect(await endOf(accept(newest))).toBe('ok');
  });

  it('sent again 20 times at once has one valid link', async () => {
    const owner = await people.owner();
    const { id, email } = await people.invitation(owner);
    expect(await burstEnds(20, () => resend(owner, id))).toEqual({ ok: 20 });
    const ends: string[] = [];
    for (const message of await core.messages(email, 'invitation'))
      ends.push(await endOf(accept(tokenOf(message))));
    expect(countBy(ends, (end) => end)).toEqual({ ok: 1, invitation_already_used: 20 });
  });

  it('replaced by another one to the same address is revoked', async () => {
    const owner = await people.owner();
    const email = uniqueEmail('invited');
    const first = await people.invitation(owner, { email });
    const second = await people.invitation(owner, { email, role: 'manager' });
    expect(await endOf(accept(first.token))).toBe('invitation_already_used');
    expect(await endOf(accept(second.token))).toBe('ok');
    expect((await membershipsOf(email)).map(({ role }) => role)).toEqual(['manager']);
  });

  it('of another tenant is unknown', async () => {
    const [owner, stranger] = [await people.owner(), await people.owner()];
    const { id, token } = await people.invitation(owner);
    expect(await endOf(revoke(stranger, id))).toBe('not_found');
    expect(await endOf(resend(stranger, id))).toBe('not_found');
    expect(await stateOf(stranger, id)).toBeUndefined();
    expect(await endOf(accept(token))).toBe('ok');
  });
});

describe('the level of the inviter', () => {
  it.each([
    ['admin', 'admin', 'ok'],
    ['manager', 'admin', 'role_level_exceeded'],
    ['manager', 'manager', 'ok'],
    ['manager', 'user', 'ok'],
    ['user', 'user', 'permission_missing'],
  ])('a member with the role %s invites to the role %s: %s', async (own, role, end) => {
    const inviter = await people.member(await people.owner(), own);
    const email = uniqueEmail('invited');
    expect(await endOf(people.invitation(inviter, { email, role }))).toBe(end);
    expect(await core.messages(email)).toHaveLength(end === 'ok' ? 1 : 0);
  });

  it('counts again when an invitation is sent again', async () => {
    const owner = await people.owner();
    const manager = await people.member(owner, 'manager');
    const { id, token } = await people.invitation(owner, { role: 'admin' });
    expect(await endOf(resend(manager, id))).toBe('role_level_exceeded');
    expect(await endOf(accept(token))).toBe('ok');
  });

  it.each<[string, (owner: Person, inviter: Person) => Promise<unknown>]>([
    ['demoted', (owner, { id }) => core.get(MemberChangesService).update(owner.actor, id, { role: 'user' })],
    ['suspended', (owner, { id }) => core.get(MemberAccessService).suspend(owner.actor, id)],
    ['removed', (owner, { id }) => core.get(MemberAccessService).remove(owner.actor, id)],
  ])('counts at the acceptance: nobody joins once the inviter is %s', async (_, act) => {
    const owner = await people.owner();
    const inviter = await people.member(owner, 'manager');
    const { email, token } = await people.invitation(inviter);
    await act(owner, inviter);
    expect(await endOf(accept(token))).toBe('invitation_already_used');
    expect(await membershipsOf(email)).toEqual([]);
  });
});

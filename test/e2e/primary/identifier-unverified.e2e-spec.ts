import { ApiKeys } from '../../support/api-keys.js';
import { eventsOf, eventually } from '../../support/audit.js';
import type { Client, Reply } from '../../support/client.js';
import { Datixlab } from '../../support/datixlab.js';
import { type Account, unique, uniqueEmail } from '../../support/given.js';
import { Groups } from '../../support/groups.js';
import { expectRefusal, Katixo } from '../../support/katixo.js';
import { type OpenApiDocument, operationsInPageOrder } from '../../support/openapi.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { Squatters } from '../../support/squatter.js';
import { MEMBERS, ROLES, Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

type Act = (as: Client, ids: Ids) => Promise<Reply<unknown>>;

interface Ids {
  self: string;
  member: string;
  role: string;
  department: string;
  other: string;
  team: string;
  invitation: string;
}

/** The operations that affect other people. */
const REFUSED: Record<string, Act> = {
  'inviting a person': (as) => as.post('/auth/invite', { email: uniqueEmail(), role: 'user' }),
  'inviting a person by phone': (as) => as.post('/auth/invite', { phone: uniquePhone(), role: 'user' }),
  'inviting to a role that does not exist': (as) =>
    as.post('/auth/invite', { email: uniqueEmail(), role: 'nothing' }),
  'inviting a list': (as) =>
    as.post('/auth/invite/bulk', { invitations: [{ email: uniqueEmail(), role: 'user' }] }),
  'resending an invitation': (as, { invitation }) =>
    as.post(`/tenants/current/invitations/${invitation}/resend`),
  'changing a member': (as, { member }) => as.patch(`${MEMBERS}/${member}`, { role: 'manager' }),
  'changing itself': (as, { self }) => as.patch(`${MEMBERS}/${self}`, { assignedAgents: ['x'] }),
  'suspending a member': (as, { member }) => as.post(`${MEMBERS}/${member}/suspend`),
  'restoring a member': (as, { member }) => as.post(`${MEMBERS}/${member}/restore`),
  'ending the sessions of a member': (as, { member }) => as.delete(`${MEMBERS}/${member}/sessions`),
  'removing a member': (as, { member }) => as.delete(`${MEMBERS}/${member}`),
  'transferring its role': (as, { member }) => as.post('/tenants/current/transfer', { memberId: member }),
  'creating a role': (as) => as.post(ROLES, { key: 'x', name: 'X', level: 1, permissions: {} }),
  'changing a role': (as, { role }) => as.patch(`${ROLES}/${role}`, { name: 'Y' }),
  'deleting a role': (as, { role }) => as.delete(`${ROLES}/${role}`),
  'creating a department with a role': (as) =>
    as.post('/tenants/current/departments', { name: unique(), roleKey: 'user' }),
  'giving a department a role': (as, { department }) =>
    as.patch(`/tenants/current/departments/${department}`, { roleKey: 'user' }),
  'moving the members of a department': (as, { department, other }) =>
    as.delete(`/tenants/current/departments/${department}?moveMembersTo=${other}`),
  'adding a member to a team': (as, { team, member }) =>
    as.put(`/tenants/current/teams/${team}/members/${member}`),
  'removing a member from a team': (as, { team, member }) =>
    as.delete(`/tenants/current/teams/${team}/members/${member}`),
};

/** The operations that affect nobody else, with their status. */
const ALLOWED: Record<string, [number, Act]> = {
  'creating another organisation': [
    201,
    (as) => as.post('/users/me/organisations', { name: `O ${unique()}` }),
  ],
  'changing its own name': [200, (as) => as.patch('/auth/me', { firstName: 'Ada' })],
  'changing the settings of its organisation': [
    200,
    (as) => as.patch('/tenants/current', { businessType: 'bakery' }),
  ],
  'creating a department': [201, (as) => as.post('/tenants/current/departments', { name: unique() })],
  'renaming a department': [
    200,
    (as, { other }) => as.patch(`/tenants/current/departments/${other}`, { name: unique() }),
  ],
  'deleting a department': [204, (as, { other }) => as.delete(`/tenants/current/departments/${other}`)],
  'creating a team': [201, (as) => as.post('/tenants/current/teams', { name: unique() })],
  'creating an API key': [201, (as) => as.post('/auth/api-keys', { name: 'CI' })],
  'revoking an earlier invitation': [
    204,
    (as, { invitation }) => as.delete(`/tenants/current/invitations/${invitation}`),
  ],
  'reading its members': [200, (as) => as.get(MEMBERS)],
  'turning a second factor on': [200, (as) => as.post('/auth/enable-2fa')],
};

describe('an account without a verified identifier', () => {
  const t = useSharedApp();
  const squatters = new Squatters(t);
  const tenants = new Tenants(t);
  const groups = new Groups(t);
  const phones = new Phones(t);

  /** With members and all the rest, as an older release allowed. */
  const sampleTenant = async (): Promise<{ owner: Account; ids: Ids }> => {
    const owner = await t.given.unverifiedTenant();
    return squatters.asIfVerified(owner, async () => {
      const member = await t.given.member(owner);
      const [department, other] = [await groups.department(owner), await groups.department(owner)];
      const ids = {
        self: owner.user.id,
        member: member.user.id,
        role: (await tenants.role(owner)).id,
        department: department.id,
        other: other.id,
        team: (await groups.team(owner)).id,
        invitation: (await t.given.invitation(owner)).id,
      };
      await owner.client.patch(`${MEMBERS}/${member.user.id}`, { departmentId: department.id });
      return { owner, ids };
    });
  };

  describe('cannot act on others:', () => {
    let owner: Account;
    let ids: Ids;
    beforeAll(async () => {
      ({ owner, ids } = await sampleTenant());
    });

    it.each(Object.entries(REFUSED))('%s is refused, and changes nothing', async (_, act) => {
      const before = await tenants.contents(owner);
      const messages = await countOf('messages');
      const reply = await act(owner.client, ids);
      expect(reply).toBeProblem('identifier_unverified');
      expect((reply.body as { detail: string }).detail).toMatch(
        /Verify your e-mail address .* or your phone number/,
      );
      expect(await tenants.contents(owner)).toEqual(before);
      expect(await countOf('messages')).toBe(messages);
    });

    it('the refusal has an explanation, and is counted in the audit trail of the organisation', async () => {
      await owner.client.post('/auth/invite', { email: uniqueEmail(), role: 'user' });
      expect((await t.get('/problems/identifier_unverified')).status).toBe(200);
      const refusals = { action: 'authorization.refused' };
      const [event] = await eventually(async () => {
        const events = await eventsOf(owner.client, refusals);
        return events.length > 0 ? events : undefined;
      });
      expect(event).toMatchObject({ outcome: 'refused', actor: { id: owner.user.id } });
    });
  });

  it.each(Object.entries(ALLOWED))('is still allowed: %s', async (_, [status, act]) => {
    const { owner, ids } = await sampleTenant();
    expect((await act(owner.client, ids)).status).toBe(status);
  });

  it('is recognised by its present state, not by its token', async () => {
    const owner = await t.given.unverifiedTenant();
    const invite = () => owner.client.post('/auth/invite', { email: uniqueEmail(), role: 'user' });
    expect(await invite()).toBeProblem('identifier_unverified');
    const token = await t.given.verificationToken(owner);
    await owner.client.post('/auth/verify-email', { token });
    expect((await invite()).status).toBe(201);
    await t.database.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [owner.user.id]);
    expect(await invite()).toBeProblem('identifier_unverified');
  });

  it('becomes a verified one by a phone alone, and an unverified one again when that is lost', async () => {
    const byPhone = await phones.account(uniquePhone(), { email: uniqueEmail() });
    const invite = (client: Client) => client.post('/auth/invite', { email: uniqueEmail(), role: 'user' });
    expect((await invite(byPhone.client)).status).toBe(201);
    await t.database.query('UPDATE users SET phone = NULL WHERE id = $1', [byPhone.userId]);
    expect(await invite(byPhone.client)).toBeProblem('identifier_unverified');
  });

  it('gets permission_missing first, where a permission is missing', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner, 'user');
    await t.database.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [member.user.id]);
    const reply = await member.client.post('/auth/invite', { email: uniqueEmail(), role: 'user' });
    expect(reply).toBeProblem('permission_missing');
  });

  it('sends no message of a list, however long', async () => {
    const owner = await t.given.unverifiedTenant();
    const invitations = Array.from({ length: 20 }, () => ({ email: uniqueEmail(), role: 'user' }));
    const reply = await owner.client.post('/auth/invite/bulk', { invitations });
    expect(reply).toBeProblem('identifier_unverified');
    expect(await t.inbox.messages(invitations[0]?.email ?? '')).toEqual([]);
  });

  it('gets the refusal in the envelope at katixo', async () => {
    const k = new Katixo(t);
    const { client, phone } = await k.unverified();
    const body = { phone: uniquePhone(), role: 'ACCOUNTANT', name: 'Priya Sharma' };
    const reply = await k.post('/auth/invite', body, client);
    expectRefusal(reply, 'identifier_unverified');
    expect(reply.body.errors?.[0]?.message).toContain('phone number, by a code');
    await k.post('/auth/otp/verify', { phone, otp: await k.code(phone) }, client);
    expect((await k.post('/auth/invite', body, client)).status).toBe(201);
  });

  it('may create keys and enrol a second factor at datixlab, as published', async () => {
    const d = new Datixlab(t);
    const owner = await d.owner();
    const { key } = await d.createKey(owner);
    expect(await new ApiKeys(t).isGood(key)).toBe(true);
    await new TwoFactor(t).enable(owner.client);
    const invited = await owner.client.post('/auth/invite', { email: uniqueEmail(), role: 'member' });
    expect(invited).toBeProblem('identifier_unverified');
  });

  it('is named in the documents for every operation that acts on others, and for no other', async () => {
    const named: string[] = [];
    for (const name of ['primary', 'katixo', 'datixlab']) {
      const { body } = await t.client().get<OpenApiDocument>(`/openapi/${name}.json`);
      for (const { operationId, 'x-problems': problems } of operationsInPageOrder(body))
        if (problems.includes('identifier_unverified')) named.push(`${name} ${operationId}`);
    }
    expect(named.sort()).toEqual(
      [
        'katixo createInvitation',
        ...[
          ...['createInvitation', 'createInvitations', 'resendInvitation'],
          ...['updateMember', 'suspendMember', 'restoreMember', 'endMemberSessions', 'removeMember'],
          ...['transferOwnership', 'createRole', 'updateRole', 'deleteRole'],
          ...[
            'createDepartment',
            'updateDepartment',
            'deleteDepartment',
            'addTeamMember',
            'removeTeamMember',
          ],
        ].map((operation) => `primary ${operation}`),
      ].sort(),
    );
  });

  async function countOf(table: string): Promise<number> {
    return (await t.database.query(`SELECT 1 FROM ${table}`)).length;
  }
});

import { randomUUID } from 'node:crypto';
import { burst, countBy } from '../../support/burst.js';
import { secondsUntil } from '../../support/clock.js';
import { type Account, PASSWORD, uniqueEmail } from '../../support/given.js';
import { Groups } from '../../support/groups.js';
import { tokenOf } from '../../support/inbox.js';
import { useSharedApp } from '../../support/test-app.js';

const INVITATIONS = '/tenants/current/invitations';

describe('managing invitations', () => {
  const t = useSharedApp();
  const g = new Groups(t);
  const list = async (by: Account, query = '') => (await by.client.get(`${INVITATIONS}${query}`)).body.data;
  const resend = (by: Account, id: string) => by.client.post(`${INVITATIONS}/${id}/resend`);
  const revoke = (by: Account, id: string) => by.client.delete(`${INVITATIONS}/${id}`);
  const validate = (token: string) => t.get(`/auth/invite/validate?token=${token}`);
  const accept = (token: string) =>
    t.post('/auth/invite/accept', { token, password: PASSWORD, firstName: 'Ines', lastName: 'Invited' });
  const tokens = async (email: string) => (await t.inbox.messages(email, 'invitation')).map(tokenOf);

  describe('GET', () => {
    it('lists them, newest first, without their links', async () => {
      const owner = await t.given.tenant();
      const [department, team] = [await g.department(owner), await g.team(owner)];
      const email = uniqueEmail('invited');
      const place = { departmentId: department.id, teamIds: [team.id] };
      const first = await t.given.invitation(owner);
      const { body } = await owner.client.post('/auth/invite', {
        email,
        role: 'manager',
        firstName: 'I',
        ...place,
      });
      const [newest, older, ...more] = await list(owner);
      expect(newest).toMatchObject({
        id: body.id,
        email,
        phone: null,
        firstName: 'I',
        lastName: null,
        role: 'manager',
        ...place,
        invitedBy: 'Olga Owner',
        state: 'open',
        expiresAt: body.expiresAt,
        acceptedAt: null,
      });
      expect([older?.id, more]).toEqual([first.id, []]);
      const { text } = await owner.client.get(INVITATIONS);
      for (const token of await tokens(email)) expect(text).not.toContain(token);
    });

    it('lists those in one state', async () => {
      const owner = await t.given.tenant();
      const expired = await t.given.invitation(owner);
      await t.database.query(`UPDATE invitations SET expires_at = now() WHERE id = $1`, [expired.id]);
      const [accepted, revoked, open] = [
        await t.given.invitation(owner),
        await t.given.invitation(owner),
        await t.given.invitation(owner),
      ];
      await accept(accepted.token);
      await revoke(owner, revoked.id);
      for (const [state, { id }] of Object.entries({ expired, accepted, revoked, open })) {
        const found = await list(owner, `?state=${state}`);
        expect(found).toMatchObject([{ id, state }]);
      }
      expect(await list(owner)).toHaveLength(4);
    });

    it('lists page by page, for each state', async () => {
      const owner = await t.given.tenant();
      const made = [
        await t.given.invitation(owner),
        await t.given.invitation(owner),
        await t.given.invitation(owner),
      ];
      await revoke(owner, made[1]?.id ?? '');
      const first = (await owner.client.get(`${INVITATIONS}?state=open&limit=1`)).body;
      expect(first.data.map(({ id }) => id)).toEqual([made[2]?.id]);
      const query = `?state=open&limit=1&cursor=${first.nextCursor}`;
      const second = (await owner.client.get(`${INVITATIONS}${query}`)).body;
      expect([second.data.map(({ id }) => id), second.nextCursor]).toEqual([[made[0]?.id], null]);
    });

    it.each(['state=sent', 'state=', 'state=open&state=revoked', 'limit=0', 'cursor=x'])(
      'refuses %s',
      async (query) => {
        const { client } = await t.given.tenant();
        expect(await client.get(`${INVITATIONS}?${query}`)).toBeProblem('validation_failed');
      },
    );

    it('lists nothing of another tenant', async () => {
      await t.given.invitation(await t.given.tenant());
      expect(await list(await t.given.tenant())).toEqual([]);
    });
  });

  describe('POST …/resend', () => {
    it('sends a new link, and the old one is refused', async () => {
      const owner = await t.given.tenant();
      const { id, email, token } = await t.given.invitation(owner);
      await t.database.query(`UPDATE invitations SET expires_at = now() + interval '1 hour' WHERE id = $1`, [
        id,
      ]);
      const { status, body } = await resend(owner, id);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id, email, role: 'user', invitedBy: 'Olga Owner' });
      expect(secondsUntil(body.expiresAt) / 86_400).toBeCloseTo(3, 2);
      expect((await list(owner))[0]?.expiresAt).toBe(body.expiresAt);
      expect(await validate(token)).toBeProblem('invitation_already_used');
      expect((await accept(await t.inbox.token(email, 'invitation'))).status).toBe(201);
    });

    it('revives an expired one', async () => {
      const owner = await t.given.tenant();
      const { id, email, token } = await t.given.invitation(owner);
      await t.database.query(`UPDATE invitations SET expires_at = now() WHERE id = $1`, [id]);
      expect(await accept(token)).toBeProblem('invitation_already_used');
      expect((await resend(owner, id)).status).toBe(200);
      expect((await accept(await t.inbox.token(email, 'invitation'))).status).toBe(201);
    });

    it('leaves exactly one valid link of twenty parallel calls', async () => {
      const owner = await t.given.tenant();
      const { id, email } = await t.given.invitation(owner);
      const replies = await burst(20, () => resend(owner, id));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 20 });
      const all = await tokens(email);
      expect(all).toHaveLength(21);
      const validated = await Promise.all(all.map(validate));
      expect(countBy(validated, ({ status }) => status)).toEqual({ 200: 1, 400: 20 });
    });

    it('and an acceptance at once: the old link or the new one works, not both', async () => {
      const owner = await t.given.tenant();
      for (let round = 0; round < 5; round += 1) {
        const { id, email, token } = await t.given.invitation(owner);
        const [sent, accepted] = await Promise.all([resend(owner, id), accept(token)]);
        expect([sent.status, accepted.status].sort()).toEqual(sent.status === 200 ? [200, 400] : [201, 400]);
        if (sent.status === 200) {
          expect((await accept(await t.inbox.token(email, 'invitation'))).status).toBe(201);
        }
      }
    });

    it('makes the sender the inviter: their rights count from then on', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const { id, email } = await t.given.invitation(manager);
      await t.database.query('DELETE FROM memberships WHERE user_id = $1', [manager.user.id]);
      expect((await resend(owner, id)).body.invitedBy).toBe('Olga Owner');
      expect((await accept(await t.inbox.token(email, 'invitation'))).status).toBe(201);
    });

    it('is allowed only to members who could give that role now', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const { id, token } = await t.given.invitation(owner, { role: 'admin' });
      expect(await resend(manager, id)).toBeProblem('role_level_exceeded');
      expect((await validate(token)).status).toBe(200);
    });

    it('is refused for one that is over, or whose recipient has joined', async () => {
      const owner = await t.given.tenant();
      const [accepted, revoked] = [await t.given.invitation(owner), await t.given.invitation(owner)];
      await accept(accepted.token);
      await revoke(owner, revoked.id);
      expect(await resend(owner, accepted.id)).toBeProblem('invitation_already_used');
      expect(await resend(owner, revoked.id)).toBeProblem('invitation_already_used');
      expect(await tokens(revoked.email)).toHaveLength(1);
    });
  });

  describe('DELETE', () => {
    it('revokes the link at once', async () => {
      const owner = await t.given.tenant();
      const { id, token } = await t.given.invitation(owner);
      expect((await revoke(owner, id)).status).toBe(204);
      expect(await validate(token)).toBeProblem('invitation_already_used');
      expect(await accept(token)).toBeProblem('invitation_already_used');
      expect(await revoke(owner, id)).toBeProblem('invitation_already_used');
    });

    it('succeeds once in twenty parallel requests', async () => {
      const owner = await t.given.tenant();
      const { id } = await t.given.invitation(owner);
      const replies = await burst(20, () => revoke(owner, id));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 204: 1, 400: 19 });
    });

    it('or an acceptance at the same time: exactly one succeeds', async () => {
      const owner = await t.given.tenant();
      for (let round = 0; round < 10; round += 1) {
        const { id, email, token } = await t.given.invitation(owner);
        const [revoked, accepted] = await Promise.all([revoke(owner, id), accept(token)]);
        expect([revoked.status, accepted.status]).toEqual(revoked.status === 204 ? [204, 400] : [400, 201]);
        const members = await t.database.query('SELECT 1 FROM users WHERE email = $1', [email]);
        expect(members).toHaveLength(revoked.status === 204 ? 0 : 1);
      }
    });

    it('lets the same person be invited again', async () => {
      const owner = await t.given.tenant();
      const { id, email } = await t.given.invitation(owner);
      await revoke(owner, id);
      expect((await accept((await t.given.invitation(owner, { email })).token)).status).toBe(201);
    });
  });

  it('are allowed as the role says', async () => {
    const owner = await t.given.tenant();
    await g.role(owner, 'reader', 20, 'invitations.view');
    const reader = await t.given.member(owner, 'reader');
    const { id } = await t.given.invitation(owner);
    expect(await list(reader)).not.toHaveLength(0);
    expect(await resend(reader, id)).toBeProblem('permission_missing');
    expect(await revoke(reader, id)).toBeProblem('permission_missing');
    expect(await (await t.given.member(owner)).client.get(INVITATIONS)).toBeProblem('permission_missing');
  });

  it('of another tenant get the response of random ids', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    const { id, token } = await t.given.invitation(stranger);
    for (const act of [resend, revoke]) {
      const [theirs, random] = [await act(owner, id), await act(owner, randomUUID())];
      expect(theirs).toBeProblem('not_found');
      expect({ ...theirs.body, instance: '' }).toEqual({ ...random.body, instance: '' });
      expect(await act(owner, 'x')).toBeProblem('validation_failed');
    }
    expect((await validate(token)).status).toBe(200);
  });

  it('are recorded in the audit trail', async () => {
    const owner = await t.given.tenant();
    const { id } = await t.given.invitation(owner);
    await resend(owner, id);
    await revoke(owner, id);
    const events = await t.database.query<{ action: string }>(
      'SELECT action FROM audit_events WHERE tenant_id = $1 AND target_id = $2 ORDER BY id',
      [owner.tenant.id, id],
    );
    expect(events.map(({ action }) => action)).toEqual([
      'invitation.created',
      'invitation.resent',
      'invitation.revoked',
    ]);
  });

  describe('are refused once their inviter', () => {
    const setUp = async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      const { token } = await t.given.invitation(manager);
      expect((await validate(token)).status).toBe(200);
      return { manager, token };
    };

    it('is suspended, until the suspension ends', async () => {
      const { manager, token } = await setUp();
      const setStatus = (status: string) =>
        t.database.query('UPDATE memberships SET status = $2 WHERE user_id = $1', [manager.user.id, status]);
      await setStatus('suspended');
      expect(await accept(token)).toBeProblem('invitation_already_used');
      await setStatus('active');
      expect((await accept(token)).status).toBe(201);
    });

    it('has closed the account', async () => {
      const { manager, token } = await setUp();
      await t.database.query(`UPDATE users SET status = 'closed' WHERE id = $1`, [manager.user.id]);
      expect(await accept(token)).toBeProblem('invitation_already_used');
    });

    it('has a role that may not invite', async () => {
      const { manager, token } = await setUp();
      await t.database.query(
        `UPDATE roles SET permissions = jsonb_set(permissions, '{invitations,create}', 'false')
         WHERE tenant_id = $1 AND key = 'manager'`,
        [manager.tenant.id],
      );
      expect(await accept(token)).toBeProblem('invitation_already_used');
    });
  });
});

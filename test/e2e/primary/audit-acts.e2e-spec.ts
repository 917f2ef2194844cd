import sharp from 'sharp';
import { FormData } from 'undici';
import { ApiKeys } from '../../support/api-keys.js';
import { actionsOf, type AuditPage, eventsOf, linesOf } from '../../support/audit.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

describe('the audit trail records', () => {
  const t = useSharedApp({ MAX_SESSIONS_PER_USER: '2', EMAIL_INTERVAL_SECONDS: '1' });
  const keys = new ApiKeys(t);
  const factors = new TwoFactor(t);
  const newest = async (owner: Account) => (await eventsOf(owner.client))[0];

  it('a new picture, and its removal', async () => {
    const owner = await t.given.tenant();
    const image = { width: 8, height: 8, channels: 3, background: 'teal' } as const;
    const png = await sharp({ create: image }).png().toBuffer();
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'me.png');

    expect((await owner.client.put('/auth/me/avatar', form)).status).toBe(200);
    expect((await owner.client.delete('/auth/me/avatar')).status).toBe(204);

    const events = await eventsOf(owner.client, { action: 'user.updated' });
    expect(events.map(({ detail }) => detail)).toEqual(Array(2).fill({ fields: ['avatar'] }));
    expect(events[0]).toMatchObject({ target: { kind: 'user', id: owner.user.id } });
  });

  it('a requested address, and its verification', async () => {
    const owner = await t.given.verifiedTenant();
    expect(await newest(owner)).toMatchObject({
      action: 'user.email_verified',
      actor: { id: owner.user.id },
    });
    const email = uniqueEmail();
    await owner.client.patch('/auth/me', { email, currentPassword: owner.password });
    const events = await eventsOf(owner.client, { action: 'user.' });
    expect(actionsOf(events).slice(0, 2)).toEqual(['user.updated', 'user.email_change_requested']);
    expect(JSON.stringify(events)).not.toContain(email);
  });

  it('a link that is sent again', async () => {
    const owner = await t.given.unverifiedTenant();
    await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
    expect((await owner.client.post('/auth/verify-email/resend')).status).toBe(200);
    expect(await newest(owner)).toMatchObject({ action: 'user.email_verification_requested' });
  });

  it('an invitation that a newer one replaces', async () => {
    const owner = await t.given.tenant();
    const email = uniqueEmail();
    const first = await t.given.invitation(owner, { email });
    await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
    const second = await t.given.invitation(owner, { email });

    const events = await eventsOf(owner.client, { action: 'invitation.' });

    expect(events.map(({ action, target, detail }) => [action, target?.id, detail])).toEqual([
      ['invitation.created', second.id, { role: 'user' }],
      ['invitation.revoked', first.id, { reason: 'replaced' }],
      ['invitation.created', first.id, { role: 'user' }],
    ]);
  });

  it('who joins by an invitation, and who gives a wrong password for it', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.verifiedTenant();
    const { id, token } = await t.given.invitation(owner, { email: member.email });
    const refused = await t.post('/auth/invite/accept', { token, password: NEW_PASSWORD });
    expect(refused).toBeProblem('invalid_credentials');
    expect(await newest(owner)).toMatchObject({
      action: 'sign_in.refused',
      target: { kind: 'invitation', id },
    });
    const newcomer = await t.given.member(owner);
    const events = await eventsOf(owner.client, { actorId: newcomer.user.id });
    expect(actionsOf(events)).toEqual(['session.created', 'invitation.accepted', 'user.created']);
  });

  it('the oldest session, which a new one over the limit ends', async () => {
    const owner = await t.given.tenant();
    const [{ target: oldest } = { target: null }] = await eventsOf(owner.client, { action: 'session.' });
    await t.given.login(owner);
    const last = await t.given.login(owner);
    const [event] = await eventsOf(last.client, { action: 'session.created' });
    expect(event?.detail).toEqual({ methods: ['pwd'], ended: [oldest?.id] });
  });

  it('a key that reads the trail, by its own name', async () => {
    const owner = await t.given.tenant();
    const { id, key } = await keys.create(owner, { scopes: ['auditEvents.view'] });
    const headers = { 'x-api-key': key };
    const path = '/tenants/current/audit-events';
    const { status, text } = await t.get(`${path}/export`, { headers });
    expect([status, linesOf(text).length]).toEqual([200, 4]);
    const { body } = await t.client().get<AuditPage>(`${path}?actorId=${id}`, { headers });
    expect(body.data).toMatchObject([
      {
        action: 'audit.exported',
        actor: { kind: 'api_key', id, name: 'CI' },
        target: { id: owner.tenant.id },
      },
    ]);
  });

  it('a right password that needs a second factor, and a wrong code after it', async () => {
    const owner = await factors.owner();
    const wrong = owner.authenticator.wrongCode();
    const { body } = await factors.verify(await factors.tempToken(owner), wrong);
    expect(body.code).toBe('two_factor_code_invalid');
    const events = await eventsOf(owner.client, { targetId: owner.user.id });
    expect(actionsOf(events).slice(0, 2)).toEqual(['two_factor.refused', 'sign_in.second_factor_required']);
  });

  it('nothing that did not happen', async () => {
    const owner = await t.given.tenant();
    const path = `/users/me/organisations/${owner.tenant.id}`;
    expect(await owner.client.delete(path)).toBeProblem('last_owner');
    expect(await eventsOf(owner.client, { action: 'membership.' })).toEqual([]);
  });
});

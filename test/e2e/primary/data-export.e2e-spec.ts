import sharp from 'sharp';
import { FormData } from 'undici';
import { countBy } from '../../support/burst.js';
import type { Client } from '../../support/client.js';
import { type Account, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { tokenOf } from '../../support/inbox.js';
import { useSharedApp } from '../../support/test-app.js';

type Row = Record<string, unknown>;

interface ArchiveAnswer {
  exportedAt: string;
  userId: string;
  sections: Record<string, Row[]> & {
    profile: Row;
    picture: Row | null;
    password: Row;
    secondFactor: Row | null;
  };
}

describe('the archive of a person’s data', () => {
  const t = useSharedApp();
  const exported = (as: Client, body: object = {}) => as.post<ArchiveAnswer>('/users/me/export', body);
  const archiveOf = async ({ client }: Account) => {
    const { status, body } = await exported(client);
    expect(status).toBe(200);
    return body;
  };

  it('is one JSON file', async () => {
    const person = await t.given.tenant();
    const { headers, body } = await exported(person.client);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['content-disposition']).toBe('attachment; filename="gatehouse-export.json"');
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.keys(body)).toEqual(['exportedAt', 'userId', 'sections']);
    expect(body.userId).toBe(person.user.id);
  });

  it('contains the profile, the verified identifiers, and the memberships', async () => {
    const owner = await t.given.verifiedTenant();
    const { sections } = await archiveOf(owner);
    const { email, user, tenant } = owner;
    expect(sections.profile).toMatchObject({
      id: user.id,
      email,
      firstName: 'Olga',
      lastName: 'Owner',
      phone: null,
    });
    expect(sections.profile.emailVerifiedAt).toEqual(expect.any(String));
    expect(sections.memberships).toEqual([
      expect.objectContaining({
        tenant: { id: tenant.id, slug: tenant.slug, name: tenant.companyName },
        role: expect.objectContaining({ key: 'admin', level: 100 }) as object,
        department: null,
        teams: [],
        assignedAgents: [],
        status: 'active',
      }),
    ]);
    expect(Object.keys(sections.password)).toEqual(['changedAt', 'consecutiveFailures']);
    expect([sections.picture, sections.secondFactor]).toEqual([null, null]);
  });

  it('contains the picture itself', async () => {
    const person = await t.given.tenant();
    const red = { create: { width: 8, height: 8, channels: 3, background: 'red' } } as const;
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(await sharp(red).png().toBuffer())]), 'me.png');
    const { avatar } = (await person.client.put('/auth/me/avatar', form)).body;
    const { picture } = (await archiveOf(person)).sections;
    expect(picture?.mediaType).toBe('image/jpeg');
    expect(Buffer.from(String(picture?.base64), 'base64')).toEqual((await t.get(avatar ?? '')).bytes);
  });

  it('contains sessions, keys, factors, devices, invitations, messages and the audit trail', async () => {
    const owner = await t.given.verifiedTenant();
    const colleague = await t.given.member(owner, 'manager');
    const guest = await t.given.tenant();
    const { token } = await t.given.invitation(guest, { email: owner.email });
    await owner.client.post('/auth/invite/accept', { token });
    await t.post('/auth/login', { email: owner.email, password: 'wrong' });
    await keepFactors(owner);

    const { sections } = await archiveOf(owner);
    expect(sections.sessions?.length).toBe(2);
    expect(sections.apiKeys).toEqual([
      expect.objectContaining({
        name: 'ci',
        secrets: [expect.objectContaining({ prefix: 'sk_live_', lastFour: 'wxyz' })],
        usage: [{ day: '2026-01-02', requests: 7 }],
      }),
    ]);
    expect(sections.secondFactor).toMatchObject({
      backupCodesLeft: 2,
      backupCodesUsedAt: [expect.any(String)],
    });
    expect(sections.trustedDevices).toHaveLength(1);
    expect(sections.unfinishedSignIns).toHaveLength(1);
    expect(sections.invitationsSent).toEqual([
      expect.objectContaining({
        email: colleague.email,
        role: 'manager',
        acceptedAt: expect.any(String) as string,
      }),
    ]);
    expect(sections.invitationsReceived).toEqual([
      expect.objectContaining({ tenant: { id: guest.tenant.id, name: guest.tenant.companyName } }),
    ]);
    expect(sections.messages?.map(({ template }) => template)).toEqual(
      expect.arrayContaining(['verify-email', 'invitation']),
    );
    const actions = sections.auditEvents?.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['tenant.created', 'session.created', 'sign_in.refused']));
    expect(sections.auditEvents?.find(({ address }) => address === '127.0.0.9')?.actor).toBe('you');
    const actorOf = (wanted: string) => sections.auditEvents?.find(({ action }) => action === wanted)?.actor;
    expect([actorOf('tenant.created'), actorOf('sign_in.refused')]).toEqual(['you', 'unknown']);
  });

  it('contains no secret, in whatever form', async () => {
    const owner = await t.given.verifiedTenant();
    await keepFactors(owner);
    const reset = await t.given.resetToken(owner);
    const sent = await t.inbox.messages(owner.email);
    const secrets = [reset, PASSWORD, ...sent.filter(({ link }) => link).map(tokenOf)];
    const { status, text } = await exported(owner.client);
    expect(status).toBe(200);
    const kept = await t.database.query<{ secret: string }>(
      `SELECT hash AS secret FROM password_credentials WHERE user_id = $1
       UNION ALL SELECT encode(hash, 'hex') FROM one_time_secrets WHERE subject_id = $1
       UNION ALL SELECT encode(seed_encrypted, 'hex') FROM totp_factors WHERE user_id = $1
       UNION ALL SELECT encode(code_hash, 'hex') FROM recovery_codes WHERE user_id = $1
       UNION ALL SELECT encode(hash, 'hex') FROM api_key_secrets`,
      [owner.user.id],
    );
    expect(kept.length).toBeGreaterThan(5);
    for (const secret of [
      ...secrets,
      ...kept.map((row) => row.secret),
      owner.accessToken,
      owner.refreshToken,
    ])
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
  });

  it('contains nothing of other people', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    const { status, text } = await exported(member.client);
    expect(status).toBe(200);
    for (const other of [owner.email, owner.user.id, 'Olga', owner.client.address])
      expect([other, text.includes(other)]).toEqual([other, false]);
  });

  it('contains no message to an address that is only claimed', async () => {
    const victim = uniqueEmail('victim');
    const company = await t.given.tenant();
    await t.given.invitation(company, { email: victim });
    const squatter = await t.given.unverifiedTenant({ email: victim });
    await t.post('/auth/forgot-password', { email: victim });

    const { sections } = await archiveOf(squatter);
    expect(sections.invitationsReceived).toEqual([]);
    expect(sections.messages?.map(({ template }) => template)).toEqual(['verify-email']);
    expect(JSON.stringify(sections)).not.toContain(company.tenant.companyName);
  });

  it('causes a notice and an audit event', async () => {
    const person = await t.given.tenant();
    await archiveOf(person);
    expect((await t.inbox.latest(person.email, 'notice')).subject).toBe('Your data was exported');
    const events = await t.database.query(
      `SELECT actor_id, tenant_id FROM audit_events WHERE action = 'user.exported' AND target_id = $1`,
      [person.user.id],
    );
    expect(events).toEqual([{ actor_id: person.user.id, tenant_id: person.tenant.id }]);
  });

  it('requires the password where the sign-in is not recent', async () => {
    const person = await t.given.tenant();
    await t.database.query(
      `UPDATE sessions SET authenticated_at = now() - interval '1 hour' WHERE user_id = $1`,
      [person.user.id],
    );
    expect(await exported(person.client)).toBeProblem('reauthentication_required');
    const wrong = await exported(person.client, { currentPassword: 'wrong' });
    expect(wrong).toBeProblem('current_password_incorrect');
    expect(wrong.headers['content-disposition']).toBeUndefined();
    expect((await exported(person.client, { currentPassword: PASSWORD })).status).toBe(200);
  });

  it('requires a signed-in person', async () => {
    expect(await exported(t.client())).toBeProblem('authentication_required');
  });

  /**
   * Rows that other contracts would have created: a key, a confirmed factor with codes, a trusted device, a pending
   * sign-in.
   */
  async function keepFactors({ user, tenant }: Account): Promise<void> {
    const run = (sql: string) =>
      t.database.query(sql.replaceAll(':user', `'${user.id}'`).replaceAll(':tenant', `'${tenant.id}'`));
    await run(
      `INSERT INTO api_keys (id, tenant_id, user_id, name, scopes) VALUES (gen_random_uuid(), :tenant, :user, 'ci', '{}')`,
    );
    await run(`INSERT INTO api_key_secrets (hash, key_id, prefix, last_four)
      SELECT sha256('${unique()}'), id, 'sk_live_', 'wxyz' FROM api_keys WHERE user_id = :user`);
    await run(`INSERT INTO audit_events (id, actor_kind, actor_id, action, outcome, address)
      SELECT gen_random_uuid(), 'api_key', id, 'invitation.created', 'success', '127.0.0.9'
      FROM api_keys WHERE user_id = :user`);
    await run(
      `INSERT INTO api_key_usage (key_id, day, requests) SELECT id, '2026-01-02', 7 FROM api_keys WHERE user_id = :user`,
    );
    await run(
      `INSERT INTO totp_factors (user_id, seed_encrypted, confirmed_at) VALUES (:user, sha256('${unique()}'), now())`,
    );
    await run(`UPDATE sessions SET methods = methods || ARRAY['mfa'] WHERE user_id = :user`);
    await run(`INSERT INTO recovery_codes (id, user_id, code_hash, used_at)
      SELECT gen_random_uuid(), :user, sha256(('${unique()}' || n)::bytea), CASE n WHEN 3 THEN now() END FROM generate_series(1, 3) AS n`);
    await run(`INSERT INTO trusted_devices (id, user_id, address, expires_at)
      VALUES (gen_random_uuid(), :user, '127.0.0.1', now() + interval '30 days')`);
    await run(`INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
      VALUES (gen_random_uuid(), :user, :tenant, '{pwd}', 5, now() + interval '5 minutes')`);
  }
});

describe('archives with every limit enabled', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });

  it('are limited for one address', async () => {
    const person = await t.given.tenant();
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1)
      statuses.push((await person.client.post('/users/me/export', {})).status);
    expect(countBy(statuses, (status) => status)).toEqual({ 200: 10, 429: 2 });
  });
});

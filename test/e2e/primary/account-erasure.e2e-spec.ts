import sharp from 'sharp';
import { FormData } from 'undici';
import { AccountDeletions, GRACE_SECONDS } from '../../support/account-deletions.js';
import { type Account, NEW_PASSWORD, PASSWORD, unique } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import { until } from '../../support/until.js';

/**
 * Everybody deletes their account, the grace period passes, and then the server restarts: its first round erases
 * every account that is due.
 */
describe('after the grace period', () => {
  const t = useSharedApp();
  const deletions = new AccountDeletions(t);
  const phones = new Phones(t);
  const zelda = {
    firstName: `Zelda${unique()}`,
    lastName: `Quill${unique()}`,
    email: `zelda-${unique()}@example.com`,
    phone: uniquePhone(),
    company: `Orchard ${unique()}`,
    picture: '',
    account: null as unknown as Account,
  };
  const phoned = { email: `next-${unique()}@example.com`, companyName: `Shop ${unique()}` };
  const phone = uniquePhone();
  let phonedId: string;
  let host: Account;
  let member: Account;
  let squatter: Account;
  let late: Account;
  const crowd: Account[] = [];

  /** The tables that have a row with this text; those of partitions are rows of their table. */
  const tablesWith = async (needle: string): Promise<string[]> => {
    const tables = await t.database.query<{ name: string }>(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema', 'partitions')
       ORDER BY 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const sql = `SELECT 1 FROM ${name} AS r WHERE position(lower($1) IN lower(r::text)) > 0 LIMIT 1`;
      if ((await t.database.query(sql, [needle])).length > 0) found.push(name);
    }
    return found;
  };

  const setPicture = async ({ client }: Account): Promise<string> => {
    const red = { create: { width: 8, height: 8, channels: 3, background: 'red' } } as const;
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(await sharp(red).png().toBuffer())]), 'me.png');
    const { body } = await client.put('/auth/me/avatar', form);
    return String(body.avatar);
  };
  const storedPictures = () => t.database.query('SELECT name FROM avatars');

  /** A person with rows in every table. */
  const zeldaLeaves = async () => {
    const { email, phone, firstName, lastName, company: companyName } = zelda;
    const person = await t.given.verifiedTenant({ email, firstName, lastName, companyName });
    zelda.account = person;
    const verifyPhone = 'UPDATE users SET phone = $2, phone_verified_at = now() WHERE id = $1';
    await t.database.query(verifyPhone, [person.user.id, phone]);
    zelda.picture = await setPicture(person);
    for (const by of [host, await t.given.tenant()]) {
      const body = { email, role: 'manager', firstName, lastName };
      expect((await by.client.post('/auth/invite', body)).status).toBe(201);
    }
    const token = await t.inbox.token(email, 'invitation');
    expect((await person.client.post('/auth/invite/accept', { token })).status).toBe(201);
    await t.given.invitation(person);
    await t.post('/auth/forgot-password', { email });
    await phones.request(phone);
    await t.post('/auth/login', { email, password: 'wrong' });
    const again = (await t.given.login(person)).client;
    await again.patch('/auth/me', { email: `new-${email}`, currentPassword: PASSWORD });
    expect((await again.post('/users/me/export', {})).status).toBe(200);
    await deletions.left(again);
    await t.post('/auth/forgot-password', { email });
  };

  const squatterLeaves = async () => {
    squatter = await t.given.unverifiedTenant();
    await deletions.left(squatter.client);
    const { token } = await t.given.invitation(await t.given.tenant(), { email: squatter.email });
    expect((await t.post('/auth/invite/accept', { token, password: NEW_PASSWORD })).status).toBe(201);
  };

  beforeAll(async () => {
    host = await t.given.tenant();
    member = await t.given.member(host);
    await deletions.left(member.client);
    await zeldaLeaves();
    expect(await tablesWith(zelda.firstName)).toEqual([
      'public.invitations',
      'public.users',
      'search.member_texts',
    ]);
    expect(await tablesWith(zelda.email)).toEqual(
      expect.arrayContaining(['public.one_time_secrets', 'public.invitations', 'public.users']),
    );
    expect((await t.get(zelda.picture)).status).toBe(200);
    await squatterLeaves();
    const account = await phones.account(phone, phoned);
    phonedId = account.userId;
    await deletions.left(account.client);
    expect(
      await t.post('/auth/register', t.given.registration({ companyName: phoned.companyName })),
    ).toBeProblem('company_name_taken');
    for (let index = 0; index < 4; index += 1) crowd.push(await t.given.tenant());
    for (const { client } of crowd) await deletions.left(client);
    late = await t.given.tenant();
    await deletions.left(late.client);
    await t.database.query(`UPDATE users SET deletion_at = deletion_at + interval '1 hour' WHERE id = $1`, [
      late.user.id,
    ]);
    await t.database.query(
      `UPDATE one_time_secrets SET expires_at = expires_at + interval '1 hour' WHERE subject_id = $1`,
      [late.user.id],
    );
    await t.database.pass(GRACE_SECONDS + 1);
    await t.server.restart();
    for (const id of [...crowd, member, zelda.account, squatter].map(({ user }) => user.id))
      await deletions.erased(id);
    await deletions.erased(phonedId);
  });

  it('the person is in no table except the audit trail, and there only by their id', async () => {
    const { email, phone, firstName, lastName, company, account } = zelda;
    for (const needle of [email, phone, phone.slice(1), firstName, lastName, company])
      expect({ needle, tables: await tablesWith(needle) }).toEqual({ needle, tables: [] });
    expect(await tablesWith(account.user.id)).toEqual(['public.audit_events']);
  });

  it('their picture is deleted', async () => {
    expect((await t.get(zelda.picture)).status).toBe(404);
    expect(await storedPictures()).toEqual([]);
  });

  it('the tenant of which they were the only member is erased with them', async () => {
    expect(await tablesWith(zelda.account.tenant.id)).toEqual(['public.audit_events']);
    const [event] = await t.database.query(
      `SELECT tenant_id FROM audit_events WHERE action = 'tenant.erased'
      AND target_id = $1`,
      [zelda.account.tenant.id],
    );
    expect(event).toEqual({ tenant_id: zelda.account.tenant.id });
  });

  it('the tenants of others are unchanged', async () => {
    const { user, client } = await t.given.login(host);
    expect(user.id).toBe(host.user.id);
    const [row] = await t.database.query<{ members: number }>(
      'SELECT count(*)::int AS members FROM memberships WHERE tenant_id = $1',
      [host.tenant.id],
    );
    expect(row?.members).toBe(1);
    await deletions.left(client);
  });

  it('their e-mail, phone and company name are free', async () => {
    const next = await phones.account(phone, phoned);
    expect(next.userId).not.toBe(phonedId);
  });

  it('an account that lost its last identifier meanwhile is erased, too, and the person who verified it stays', async () => {
    const signedIn = await t.post('/auth/login', { email: squatter.email, password: NEW_PASSWORD });
    expect(signedIn.status).toBe(200);
    expect(signedIn.body.user.id).not.toBe(squatter.user.id);
  });

  it('no account is erased before its time', async () => {
    expect((await deletions.restore(await deletions.token(late.email))).status).toBe(200);
    expect((await t.given.login(late)).user.id).toBe(late.user.id);
  });

  it('rows that expired meanwhile are deleted, too', async () => {
    const expired = () =>
      t.database.query(
        `SELECT 1 FROM one_time_secrets WHERE purpose <> 'invitation' AND expires_at < now() - interval '1 day'`,
      );
    await until(async () => (await expired()).length === 0);
    expect(await t.database.query('SELECT 1 FROM sessions')).not.toEqual([]);
  });

  it('each account was erased once', async () => {
    const events = await t.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_events WHERE action = 'user.erased' GROUP BY target_id`,
    );
    expect(events.map(({ count }) => count)).toEqual(Array.from({ length: crowd.length + 4 }, () => 1));
    expect(await t.writtenLog()).not.toContain('was not erased');
  });
});

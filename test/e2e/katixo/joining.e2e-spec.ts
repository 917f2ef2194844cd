import { burst, countBy } from '../../support/burst.js';
import { PASSWORD, uniqueEmail } from '../../support/given.js';
import { tokenOf } from '../../support/inbox.js';
import { expectRefusal, Katixo } from '../../support/katixo.js';
import { uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

describe('POST /api/v1/auth/invite/accept', () => {
  const t = useSharedApp();
  const k = new Katixo(t);
  const accept = (body: object) => k.post('/auth/invite/accept', body);

  it('takes an address beside the number, which stays unverified until its own link is opened', async () => {
    const phone = uniquePhone();
    const token = await k.invitation(await k.owner(), phone, 'OPERATOR');
    const email = uniqueEmail();
    const { status, body } = await accept({ token, password: PASSWORD, name: 'Priya Devi Sharma', email });
    expect(status).toBe(201);
    expect(body.data.user).toMatchObject({ name: 'Priya Devi Sharma', phone, email, role: 'OPERATOR' });
    const me = (await k.get('/auth/me', t.client(body.data.accessToken))).body.data;
    expect(me).toMatchObject({ phoneVerified: true, emailVerified: false });
    expect((await t.inbox.latest(email, 'verify-email')).link).toContain('#token=');
  });

  it('ignores the token of an ended session, whoever had it', async () => {
    const other = await t.given.tenant();
    await other.client.post('/auth/logout');
    const phone = uniquePhone();
    const token = await k.invitation(await k.owner(), phone, 'OPERATOR');
    const joining = { token, password: PASSWORD, name: 'Priya Sharma' };
    const { status, body } = await k.post('/auth/invite/accept', joining, other.client);
    expect([status, body.data?.user.phone]).toEqual([201, phone]);
  });

  it('does not reveal whether an account has the address', async () => {
    const inviter = await k.owner();
    const taken = (await t.given.verifiedTenant()).email;
    const claimed = (await t.given.tenant()).email;
    const responseFor = async (email: string) => {
      const token = await k.invitation(inviter);
      const { status, headers, body } = await accept({ token, password: PASSWORD, name: 'Priya', email });
      const me = (await k.get('/auth/me', t.client(body.data.accessToken))).body.data;
      expect([body.data.user.email, me.email, me.emailVerified]).toEqual([email, email, false]);
      return {
        status,
        headers: Object.keys(headers),
        keys: Object.keys(body.data.user),
        message: body.message,
      };
    };
    const free = await responseFor(uniqueEmail());
    expect(free.status).toBe(201);
    expect([await responseFor(taken), await responseFor(claimed)]).toEqual([free, free]);
  });

  it('sends no link to an address that another account has verified, which keeps it', async () => {
    const owner = await t.given.verifiedTenant();
    const { email } = owner;
    const before = await t.inbox.messages(email);
    const token = await k.invitation(await k.owner());
    expect((await accept({ token, password: PASSWORD, name: 'Priya', email })).status).toBe(201);
    expect(await t.inbox.messages(email)).toHaveLength(before.length);
    expect((await t.post('/auth/login', { email, password: PASSWORD })).body.user.id).toBe(owner.user.id);
  });

  it('gives the address to the account that opens its link, and to no other', async () => {
    const email = uniqueEmail();
    const join = async () => {
      const token = await k.invitation(await k.owner());
      const { body } = await accept({ token, password: PASSWORD, name: 'Priya', email });
      return t.client(body.data.accessToken);
    };
    const [first, second] = [await join(), await join()];
    expectRefusal(await k.post('/auth/login', { email, password: PASSWORD }), 'invalid_credentials');
    const [newest, older] = await t.inbox.messages(email, 'verify-email');
    const verify = (by: typeof first, message: typeof newest) =>
      by.post('/auth/verify-email', { token: message && tokenOf(message) });
    expect((await verify(first, newest)).status).toBe(400);
    expect((await verify(second, newest)).status).toBe(200);
    expect((await k.get('/auth/me', second)).body.data).toMatchObject({ email, emailVerified: true });
    expect(await verify(first, older)).toBeProblem('email_taken');
  });

  it('takes no other address with an invitation that was sent to one', async () => {
    const { email, token } = await t.given.invitation(await t.given.tenant());
    const reply = await accept({ token, password: PASSWORD, name: 'Priya', email: uniqueEmail() });
    expect(reply.body.data.user).toMatchObject({ email, phone: null });
  });

  it('gives the person who verifies the number the account that was registered with it, emptied', async () => {
    const phone = uniquePhone();
    const squatter = await k.unverified({ phone, password: 'Granite-Meadow-77-Oboe' });
    const token = await k.invitation(await k.owner(), phone);
    const { status, body } = await accept({ token, password: PASSWORD, name: 'Priya' });
    expect(status).toBe(201);
    expect(body.data.user).toMatchObject({ id: squatter.userId, name: 'Priya', role: 'OPERATOR' });
    expectRefusal(await k.get('/auth/me', squatter.client), 'access_token_invalid');
    const login = { phone, password: squatter.password };
    expectRefusal(await k.post('/auth/login', login), 'invalid_credentials');
  });

  it('works for an existing person with their password or a bearer token', async () => {
    const person = await k.owner();
    const byPassword = await k.invitation(await k.owner(), person.phone);
    const joined = await accept({ token: byPassword, password: person.password });
    expect([joined.status, joined.body.data.user.id]).toEqual([201, person.userId]);
    await t.database.pass(120);
    const bySession = await k.invitation(await k.owner(), person.phone, 'ADMIN');
    const again = await k.post('/auth/invite/accept', { token: bySession }, person.client);
    expect([again.status, again.body.data.user.role]).toEqual([201, 'ADMIN']);
  });

  it('works once in twenty parallel requests', async () => {
    const token = await k.invitation(await k.owner());
    const replies = await burst(20, () => accept({ token, password: PASSWORD, name: 'Priya' }));
    expect(countBy(replies, ({ status }) => status)[201]).toBe(1);
    for (const { status } of replies) expect([201, 400, 401]).toContain(status);
  });
});

describe('POST /api/v1/users/me/organisations', () => {
  const t = useSharedApp();
  const k = new Katixo(t);

  it('gives each of twenty organisations of one name a slug of its own, in parallel requests', async () => {
    const { client } = await k.owner();
    const stem = uniquePhone().slice(1);
    const replies = await burst(20, () =>
      k.post('/users/me/organisations', { name: `Store ${stem}` }, client),
    );
    const numbered = Array.from({ length: 19 }, (_, index) => `store-${stem}-${index + 2}`);
    const slugs = replies.map(({ body }) => body.data.slug);
    expect(slugs.sort()).toEqual([`store-${stem}`, ...numbered].sort());
  });
});

import { burst, countBy } from '../../support/burst.js';
import { PASSWORD, uniqueEmail } from '../../support/given.js';
import { expectRefusal, Katixo } from '../../support/katixo.js';
import { uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

describe('POST /api/v1/auth/invite/accept', () => {
  const t = useSharedApp();
  const k = new Katixo(t);
  const accept = (body: object) => k.post('/auth/invite/accept', body);
  const isOpen = async (token: string) =>
    (await t.get(`/auth/invite/validate?token=${token}`)).status === 200;

  it('takes an address beside the number, which waits for its own proof', async () => {
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

  it('cannot take an address that somebody has, and stays open', async () => {
    const email = uniqueEmail();
    await k.owner({ email });
    const token = await k.invitation(await k.owner());
    const body = { token, password: PASSWORD, name: 'Priya', email };
    expectRefusal(await accept(body), 'email_taken');
    expect(await isOpen(token)).toBe(true);
    expect((await accept({ ...body, email: uniqueEmail() })).status).toBe(201);
  });

  it('takes no other address with an invitation that went to one', async () => {
    const { email, token } = await t.given.invitation(await t.given.tenant());
    const reply = await accept({ token, password: PASSWORD, name: 'Priya', email: uniqueEmail() });
    expect(reply.body.data.user).toMatchObject({ email, phone: null });
  });

  it('gives whoever verifies the number the account that was registered with it, emptied', async () => {
    const phone = uniquePhone();
    const squatter = await k.unproven({ phone, password: 'Granite-Meadow-77-Oboe' });
    const token = await k.invitation(await k.owner(), phone);
    const { status, body } = await accept({ token, password: PASSWORD, name: 'Priya' });
    expect(status).toBe(201);
    expect(body.data.user).toMatchObject({ id: squatter.userId, name: 'Priya', role: 'OPERATOR' });
    expectRefusal(await k.get('/auth/me', squatter.client), 'access_token_invalid');
    const login = { phone, password: squatter.password };
    expectRefusal(await k.post('/auth/login', login), 'invalid_credentials');
  });

  it('works for an existing person with the own password or a bearer token', async () => {
    const person = await k.owner();
    const byPassword = await k.invitation(await k.owner(), person.phone);
    const joined = await accept({ token: byPassword, password: person.password });
    expect([joined.status, joined.body.data.user.id]).toEqual([201, person.userId]);
    await t.database.pass(120);
    const bySession = await k.invitation(await k.owner(), person.phone, 'ADMIN');
    const again = await k.post('/auth/invite/accept', { token: bySession }, person.client);
    expect([again.status, again.body.data.user.role]).toEqual([201, 'ADMIN']);
  });

  it('works once of twenty at once', async () => {
    const token = await k.invitation(await k.owner());
    const replies = await burst(20, () => accept({ token, password: PASSWORD, name: 'Priya' }));
    expect(countBy(replies, ({ status }) => status)[201]).toBe(1);
    for (const { status } of replies) expect([201, 400, 401]).toContain(status);
  });
});

describe('POST /api/v1/users/me/organisations', () => {
  const t = useSharedApp();
  const k = new Katixo(t);

  it('gives twenty of one name at once a slug each', async () => {
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

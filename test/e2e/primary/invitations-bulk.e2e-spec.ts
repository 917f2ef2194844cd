import { type Account, PASSWORD, uniqueEmail } from '../../support/given.js';
import { Groups } from '../../support/groups.js';
import { uniquePhone } from '../../support/phone.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

describe('POST /auth/invite/bulk', () => {
  const t = useSharedApp();
  const g = new Groups(t);
  const bulk = (by: Account, invitations: unknown) => by.client.post('/auth/invite/bulk', { invitations });
  const resultsOf = async (by: Account, invitations: unknown) => {
    const { status, body } = await bulk(by, invitations);
    expect(status).toBe(200);
    return body.results.map(({ index, status: result, error }) => [index, error?.code ?? result]);
  };

  it('invites each, with a result of its own', async () => {
    const owner = await t.given.tenant();
    const [email, phone] = [uniqueEmail('invited'), uniquePhone()];
    const { status, body } = await bulk(owner, [
      { email, role: 'user', firstName: 'Ines' },
      { phone, role: 'manager', name: 'Ivo Invited' },
    ]);
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { index: 0, status: 'invited', invitation: { email, phone: null, role: 'user' } },
      { index: 1, status: 'invited', invitation: { email: null, phone, role: 'manager' } },
    ]);
    for (const to of [email, phone]) {
      const token = await t.inbox.token(to, 'invitation');
      expect(JSON.stringify(body)).not.toContain(token);
      expect((await t.post('/auth/invite/accept', { token, password: PASSWORD })).status).toBe(201);
    }
  });

  it('refuses invalid lines alone, each with its reason, and undoes no other', async () => {
    const owner = await t.given.tenant();
    await g.role(owner, 'above', 100, 'leads.view', 'gst.view');
    const member = await t.given.member(owner);
    const stranger = await t.given.tenant();
    const [first, last] = [uniqueEmail(), uniqueEmail()];
    const email = uniqueEmail;
    const lines = [
      { email: first, role: 'user' },
      { email: 'nobody', role: 'user' },
      { email: email(), role: 'nothing' },
      { email: email(), role: 'above' },
      { email: member.email, role: 'user' },
      { email: email(), role: 'user', departmentId: (await g.department(stranger)).id },
      { email: email(), role: 'user', teamIds: [(await g.team(stranger)).id] },
      { email: email(), role: 'user', roleLevel: 100 },
      { role: 'user' },
      {},
      { email: ` ${first.toUpperCase()}`, role: 'user' },
      { email: last, role: 'user' },
    ];
    expect(await resultsOf(owner, lines)).toEqual([
      [0, 'invited'],
      [1, 'validation_failed'],
      [2, 'role_not_found'],
      [3, 'role_level_exceeded'],
      [4, 'already_member'],
      [5, 'department_not_found'],
      [6, 'team_not_found'],
      [7, 'validation_failed'],
      [8, 'validation_failed'],
      [9, 'validation_failed'],
      [10, 'recipient_repeated'],
      [11, 'invited'],
    ]);
    for (const to of [first, last]) expect(await t.inbox.messages(to, 'invitation')).toHaveLength(1);
  });

  it('points at the field of the line', async () => {
    const owner = await t.given.tenant();
    const { results } = (
      await bulk(owner, [
        { email: uniqueEmail(), role: 'user' },
        { email: 'x', role: 'user' },
      ])
    ).body;
    expect(results[1]?.error).toEqual({
      code: 'validation_failed',
      detail: expect.any(String),
      errors: [{ pointer: '#/invitations/1/email', code: 'is_email', detail: 'must be an e-mail address' }],
    });
  });

  it('treats a line that follows a refused one for the same recipient on its own', async () => {
    const email = uniqueEmail();
    const lines = [
      { email, role: 'nothing' },
      { email, role: 'user' },
    ];
    expect(await resultsOf(await t.given.tenant(), lines)).toEqual([
      [0, 'role_not_found'],
      [1, 'invited'],
    ]);
  });

  it('accepts a hundred', async () => {
    const owner = await t.given.tenant();
    const lines = Array.from({ length: 100 }, () => ({ email: uniqueEmail(), role: 'user' }));
    expect((await resultsOf(owner, lines)).filter(([, result]) => result === 'invited')).toHaveLength(100);
    expect(await bulk(owner, [...lines, { email: uniqueEmail(), role: 'user' }])).toBeProblem(
      'validation_failed',
    );
  });

  it.each([[undefined], [null], [[]], ['x'], [{}], [['x']], [[null]], [[[]]], [[1]]])(
    'refuses %j',
    async (lines) => {
      expect(await bulk(await t.given.tenant(), lines)).toBeProblem('validation_failed');
    },
  );

  it('requires the permission to invite, and gives nothing above it', async () => {
    const owner = await t.given.tenant();
    const [manager, member] = [await t.given.member(owner, 'manager'), await t.given.member(owner)];
    const lines = [
      { email: uniqueEmail(), role: 'admin' },
      { email: uniqueEmail(), role: 'manager' },
    ];
    expect(await bulk(member, lines)).toBeProblem('permission_missing');
    expect(await t.post('/auth/invite/bulk', { invitations: lines })).toBeProblem('authentication_required');
    expect(await resultsOf(manager, lines)).toEqual([
      [0, 'role_level_exceeded'],
      [1, 'invited'],
    ]);
  });
});

describe('the e-mail domains of a tenant', () => {
  const t = useSharedApp();
  const setDomains = (owner: Account, ...domains: string[]) =>
    t.database.query('UPDATE tenants SET invitation_domains = $2 WHERE id = $1', [owner.tenant.id, domains]);
  const invite = (by: Account, body: object) => by.client.post('/auth/invite', { role: 'user', ...body });
  const at = (domain: string) => uniqueEmail().replace('example.com', domain);

  it('limit whom an e-mail is sent to, exactly', async () => {
    const owner = await t.given.tenant();
    await setDomains(owner, 'acme.example', 'xn--bcher-kva.example');
    for (const domain of ['acme.example', 'ACME.example', 'bücher.example']) {
      expect([domain, (await invite(owner, { email: at(domain) })).status]).toEqual([domain, 201]);
    }
    expect(await invite(owner, { email: at('acme.example.') })).toBeProblem('validation_failed');
    for (const domain of [
      'other.example',
      'sub.acme.example',
      'acme.example.evil.example',
      'notacme.example',
    ]) {
      const reply = await invite(owner, { email: at(domain) });
      expect(reply).toBeProblem('invitation_domain_not_allowed');
    }
  });

  it('do not limit phone numbers', async () => {
    const owner = await t.given.tenant();
    await setDomains(owner, 'acme.example');
    expect((await invite(owner, { phone: uniquePhone() })).status).toBe(201);
  });

  it('are checked line by line', async () => {
    const owner = await t.given.tenant();
    await setDomains(owner, 'acme.example');
    const invitations = [at('acme.example'), at('other.example')].map((email) => ({ email, role: 'user' }));
    const { results } = (await owner.client.post('/auth/invite/bulk', { invitations })).body;
    expect(results.map(({ status, error }) => error?.code ?? status)).toEqual([
      'invited',
      'invitation_domain_not_allowed',
    ]);
  });

  it('are checked again when an invitation is resent, opened or accepted, and consume nothing', async () => {
    const owner = await t.given.tenant();
    const { id, token } = await t.given.invitation(owner, { email: at('other.example') });
    const accept = () =>
      t.post('/auth/invite/accept', { token, password: PASSWORD, firstName: 'Ines', lastName: 'Invited' });
    await setDomains(owner, 'acme.example');
    const replies = [
      await owner.client.post(`/tenants/current/invitations/${id}/resend`),
      await t.get(`/auth/invite/validate?token=${token}`),
      await accept(),
    ];
    for (const reply of replies) expect(reply).toBeProblem('invitation_domain_not_allowed');
    await setDomains(owner);
    expect((await accept()).status).toBe(201);
  });
});

describe('with limits on, invitations', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });

  it('are not resent at once, and the link that was sent stays valid', async () => {
    const owner = await t.given.tenant();
    const { id, token, email } = await t.given.invitation(owner);
    const resend = () => owner.client.post(`/tenants/current/invitations/${id}/resend`);
    expect(await resend()).toBeProblem('message_limit_exceeded');
    expect((await t.get(`/auth/invite/validate?token=${token}`)).status).toBe(200);
    await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
    expect((await resend()).status).toBe(200);
    expect(await t.inbox.messages(email, 'invitation')).toHaveLength(2);
  });

  it('in lists are limited to ten lists in ten minutes from one address', async () => {
    const owner = await t.given.tenant();
    const send = () =>
      owner.client.post('/auth/invite/bulk', { invitations: [{ email: uniqueEmail(), role: 'user' }] });
    for (let time = 0; time < 10; time += 1) expect((await send()).status).toBe(200);
    expect(await send()).toBeProblem('rate_limit_exceeded');
  });

  it('in lists obey the limit of each recipient', async () => {
    const owner = await t.given.tenant();
    const { email, token } = await t.given.invitation(owner);
    const invitations = [
      { email, role: 'manager' },
      { email: uniqueEmail(), role: 'user' },
    ];
    const { results } = (await owner.client.post('/auth/invite/bulk', { invitations })).body;
    expect(results.map(({ status, error }) => error?.code ?? status)).toEqual([
      'message_limit_exceeded',
      'invited',
    ]);
    expect((await t.get(`/auth/invite/validate?token=${token}`)).body.roleName).toBe('User');
  });
});

import { fillPlaceholders, type InboxMessage, type Memory, remember } from './journey.js';
import { PLACEHOLDERS } from './placeholders.js';

const ORIGIN = 'http://127.0.0.1:3000';
const request = (path: string, body?: object) => ({
  url: `${ORIGIN}${path}`,
  headers: { Authorization: 'Bearer x' },
  ...(body && { body: JSON.stringify(body) }),
});
const link = (token: string) => `${ORIGIN}/invite?token=${token}`;
const inbox = (messages: Record<string, InboxMessage[]>) => (to: string) =>
  Promise.resolve(messages[to] ?? []);
const noInbox = inbox({});

describe('filling in placeholders', () => {
  it('puts the refresh token into a body', async () => {
    const { body } = await fillPlaceholders(
      request('/auth/refresh', { refreshToken: PLACEHOLDERS.refreshToken }),
      { refreshToken: 'r1' },
      noInbox,
    );
    expect(JSON.parse(body as string)).toEqual({ refreshToken: 'r1' });
  });

  it('puts the id of another session into a path', async () => {
    const { url } = await fillPlaceholders(
      request(`/auth/sessions/${PLACEHOLDERS.sessionId}`),
      { otherSessionId: 's1' },
      noInbox,
    );
    expect(url).toBe(`${ORIGIN}/auth/sessions/s1`);
  });

  it('puts the secret of the newest matching link into a query', async () => {
    const readInbox = inbox({
      'jane@acme.com': [
        { template: 'notice' },
        { template: 'password-reset', link: link('other') },
        { template: 'invitation', link: link('a%2Fb') },
        { template: 'invitation', link: link('older') },
      ],
    });
    const { url } = await fillPlaceholders(
      request(`/auth/invite/validate?token=${PLACEHOLDERS.invitationToken}&x=1`),
      { invitedEmail: 'jane@acme.com' },
      readInbox,
    );
    expect(url).toBe(`${ORIGIN}/auth/invite/validate?token=a%2Fb&x=1`);
  });

  it('puts in the code of an authenticator, a backup code and a temp token', async () => {
    const { totp, backupCode, tempToken } = PLACEHOLDERS;
    const memory = {
      authenticator: { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', stepSeconds: 30, lastStep: 666666665 },
      backupCodes: ['12345678', '23456789'],
      tempToken: 'temp_1',
    };
    const { body } = await fillPlaceholders(
      request('/auth/verify-2fa', { totp, backupCode, tempToken }),
      memory,
      noInbox,
    );
    // RFC 6238, appendix B
    const filled = { totp: '353130', backupCode: '23456789', tempToken: 'temp_1' };
    expect(JSON.parse(body as string)).toEqual(filled);
  });

  it('sends an invitation of the inbox without the authorisation of the page', async () => {
    const readInbox = inbox({ 'newuser@acme.com': [{ template: 'invitation', link: link('t') }] });
    const body = { token: PLACEHOLDERS.invitationToken };
    const filled = await fillPlaceholders(request('/auth/invite/accept', body), {}, readInbox);
    expect(filled.headers).toEqual({});
  });

  it.each([
    ['a token that was typed', request('/auth/invite/accept', { token: 'typed', password: 'p' })],
    [
      'a text that only holds a placeholder',
      request('/auth/refresh', { refreshToken: `x${PLACEHOLDERS.resetToken}` }),
    ],
    ['what it does not know', request('/auth/refresh', { refreshToken: PLACEHOLDERS.refreshToken })],
    [
      'a link where there is no inbox',
      request(`/auth/reset-password/validate?token=${PLACEHOLDERS.resetToken}`),
    ],
    ['an encoded text', request('/auth/reset-password/validate?token=a%20b&empty=&bare')],
    ['a body that is no JSON', { ...request('/auth/refresh'), body: '{"refreshToken": ' }],
    ['a body that is no text', { ...request('/auth/me/avatar'), body: new Uint8Array(1) }],
  ])('leaves alone %s', async (_, original) => {
    expect(await fillPlaceholders(original, {}, noInbox)).toBe(original);
  });
});

describe('remembering answers', () => {
  const signedIn = { accessToken: 'a1', refreshToken: 'r1', user: { email: 'admin@acme.com' } };
  const before: Memory = { accessToken: 'a0', refreshToken: 'r0', email: 'old@acme.com' };

  it('takes over the tokens of a sign-in', () => {
    expect(remember(before, request('/auth/login'), signedIn)).toEqual({
      accessToken: 'a1',
      refreshToken: 'r1',
      email: 'admin@acme.com',
    });
  });

  it('takes over the access token of a contract that has no other', () => {
    const { email } = signedIn.user;
    const answer = { access_token: 'a1', token_type: 'bearer', user: { email } };
    expect(remember(before, request('/v1/auth/login'), answer)).toEqual({
      ...before,
      accessToken: 'a1',
      email,
    });
    const next = { access_token: 'a2', token_type: 'bearer' };
    expect(remember(before, request('/v1/auth/refresh'), next)).toEqual({ ...before, accessToken: 'a2' });
  });

  it('stays who it is when an invitation is accepted', () => {
    expect(remember(before, request('/auth/invite/accept'), signedIn)).toBe(before);
  });

  it.each(['/auth/logout', '/v1/auth/logout'])('forgets the tokens at sign-out by %s', (path) => {
    const after = remember(before, request(path), { message: 'Logged out successfully' });
    expect(after).toEqual({ email: 'old@acme.com' });
  });

  it('forgets the tokens of an account that was deleted, and remembers where its restoration link goes', () => {
    const after = remember(before, request('/users/me'), { deletionAt: '2026-12-05T23:45:00.000Z' });
    expect(after).toEqual({ email: 'old@acme.com' });
  });

  it('knows a session that is not the current one, until it is ended', () => {
    const data = [
      { id: 's1', current: true },
      { id: 's2', current: false },
    ];
    const listed = remember(before, request('/auth/sessions'), { data });
    expect(listed.otherSessionId).toBe('s2');
    expect(remember(listed, request('/auth/sessions/s3'), undefined).otherSessionId).toBe('s2');
    expect(remember(listed, request('/auth/sessions/s2'), undefined).otherSessionId).toBeUndefined();
  });

  it('knows a key by the answer that made it, or by the list', () => {
    const made = remember(before, request('/auth/api-keys'), { id: 'k2', key: 'sk_live_x' });
    expect(made).toEqual({ ...before, apiKeyId: 'k2' });
    const listed = remember(before, request('/auth/api-keys?limit=5'), {
      data: [{ id: 'k2' }, { id: 'k1' }],
    });
    expect(listed.apiKeyId).toBe('k2');
    const inSnakeCase = { api_keys: [{ id: 'key_2' }, { id: 'key_1' }] };
    expect(remember(before, request('/v1/auth/api-keys'), inSnakeCase).apiKeyId).toBe('key_2');
    expect(remember(made, request('/auth/api-keys'), { data: [] }).apiKeyId).toBeUndefined();
  });

  it('knows what was made in the organisation', () => {
    const listed = { data: [] };
    const made = remember({}, request('/tenants/current/departments'), { id: 'd1' });
    expect(remember(made, request('/tenants/current/departments'), listed).departmentId).toBe('d1');
    expect(remember({}, request('/tenants/current/teams'), { id: 't1' }).teamId).toBe('t1');
    const results = [{ error: {} }, { invitation: { id: 'i1' } }];
    expect(remember({}, request('/auth/invite/bulk'), { results }).invitationId).toBe('i1');
  });

  it('knows who joined by the invitation, and the role that was made', () => {
    const data = [
      { id: 'm1', email: 'admin@acme.com' },
      { id: 'm2', email: 'jane@acme.com' },
    ];
    const listed = remember({ invitedEmail: 'jane@acme.com' }, request('/tenants/current/members'), { data });
    expect(listed.memberId).toBe('m2');
    const made = remember(listed, request('/tenants/current/roles'), { id: 'r1' });
    expect(remember(made, request('/tenants/current/roles'), { data: [] }).roleId).toBe('r1');
  });

  it.each(['/auth', '/v1/auth'])(
    'knows the second factor that %s/enable-2fa shows, until it is off',
    (basePath) => {
      const shown = { secret: 'JBSWY3DPEHPK3PXP', backupCodes: ['12345678', '23456789'] };
      const enrolled = remember(before, request(`${basePath}/enable-2fa`), shown);
      expect(enrolled).toEqual({
        ...before,
        authenticator: { secret: shown.secret, stepSeconds: 30, lastStep: 0 },
        backupCodes: shown.backupCodes,
      });
      const confirmed = remember(enrolled, request(`${basePath}/confirm-2fa`), { success: true });
      expect(confirmed.authenticator?.lastStep).toBeGreaterThan(0);
      expect(remember(confirmed, request(`${basePath}/disable-2fa`), { success: true })).toEqual(before);
    },
  );

  it('knows the newest backup codes', () => {
    const { backupCodes } = remember({ backupCodes: ['1'] }, request('/auth/backup-codes'), {
      backupCodes: ['2'],
    });
    expect(backupCodes).toEqual(['2']);
  });

  it.each([
    ['/auth', { requiresTwoFactor: true, tempToken: 'temp_1' }, { accessToken: 'a1', refreshToken: 'r1' }],
    ['/v1/auth', { requires_2fa: true, temp_token: 'temp_1' }, { access_token: 'a1' }],
  ])(
    'keeps the temp token of %s/login until it is spent, beside who is signed in',
    (basePath, asked, answer) => {
      const authenticator = { secret: 'JBSWY3DPEHPK3PXP', stepSeconds: 30, lastStep: 0 };
      const waiting = remember({ ...before, authenticator }, request(`${basePath}/login`), asked);
      expect(waiting).toEqual({ ...before, authenticator, tempToken: 'temp_1' });
      const { tempToken, ...signed } = remember(waiting, request(`${basePath}/verify-2fa`), answer);
      expect([tempToken, signed.accessToken]).toEqual([undefined, 'a1']);
      expect(signed.authenticator?.lastStep).toBeGreaterThan(0);
    },
  );

  it('knows where the next link goes', () => {
    expect(remember({}, request('/auth/invite'), { email: 'jane@acme.com' }).invitedEmail).toBe(
      'jane@acme.com',
    );
    const forgotten = request('/auth/forgot-password', { email: 'jane@acme.com' });
    expect(remember({}, forgotten, { message: '' }).recoveryEmail).toBe('jane@acme.com');
    const changed = { email: 'old@acme.com', pendingEmail: 'new@acme.com' };
    expect(remember({}, request('/auth/me'), changed).email).toBe('new@acme.com');
    const waiting = { email: 'old@acme.com', pending_email: 'new@acme.com' };
    expect(remember({}, request('/v1/auth/me'), waiting).email).toBe('new@acme.com');
    expect(remember({}, request('/v1/auth/me'), { email: 'old@acme.com' }).email).toBe('old@acme.com');
  });
});

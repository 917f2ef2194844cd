import { codeOf, presentStep } from './authenticator.js';
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

  it('makes the next code of the secret it was given, and takes a backup code that is unused', async () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const enrolled = remember({}, request('/auth/enable-2fa'), { secret, backupCodes: ['b1', 'b2'] });
    const ask = async (memory: Memory, code: string) => {
      const { body } = await fillPlaceholders(request('/auth/verify-2fa', { code }), memory, noInbox);
      return (JSON.parse(body as string) as { code: string }).code;
    };
    const step = presentStep();
    const first = await ask({ ...enrolled, totpStep: step }, PLACEHOLDERS.totp);
    expect(first).toBe(await codeOf(secret, Math.max(step + 1, presentStep())));
    const confirmed = remember(enrolled, request('/auth/confirm-2fa', { code: first }), { success: true });
    expect(confirmed.totpStep).toBeGreaterThanOrEqual(step);
    expect(await ask(confirmed, PLACEHOLDERS.backupCode)).toBe('b1');
    const signedIn = { accessToken: 'a', refreshToken: 'r' };
    const verified = remember(confirmed, request('/auth/verify-2fa', { code: 'b1' }), signedIn);
    expect(verified).toMatchObject({ ...signedIn, backupCodes: ['b2'], totpStep: confirmed.totpStep });
    const off = remember(verified, request('/auth/disable-2fa'), { success: true });
    expect([off.totpSecret, off.totpStep, off.backupCodes]).toEqual([undefined, undefined, undefined]);
  });

  it('puts the temp token in, that a sign-in answered with', async () => {
    const memory = remember({}, request('/auth/login'), { requiresTwoFactor: true, tempToken: 't1' });
    const original = request('/auth/verify-2fa', { tempToken: PLACEHOLDERS.tempToken });
    expect((await fillPlaceholders(original, memory, noInbox)).body).toContain('t1');
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

  it('stays who it is when an invitation is accepted', () => {
    expect(remember(before, request('/auth/invite/accept'), signedIn)).toBe(before);
  });

  it('forgets the tokens at sign-out', () => {
    const after = remember(before, request('/auth/logout'), { message: 'Logged out successfully' });
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

  it('knows where the next link goes', () => {
    expect(remember({}, request('/auth/invite'), { email: 'jane@acme.com' }).invitedEmail).toBe(
      'jane@acme.com',
    );
    const forgotten = request('/auth/forgot-password', { email: 'jane@acme.com' });
    expect(remember({}, forgotten, { message: '' }).recoveryEmail).toBe('jane@acme.com');
    const changed = { email: 'old@acme.com', pendingEmail: 'new@acme.com' };
    expect(remember({}, request('/auth/me'), changed).email).toBe('new@acme.com');
  });
});

import { fillPlaceholders, type InboxMessage } from './fill-placeholders.js';
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
      { invited: 'jane@acme.com' },
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

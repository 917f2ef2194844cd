import { readFileSync } from 'node:fs';
import { answers as datixlab } from '../../../datixlab/datixlab.answers.js';
import { answers as katixo } from '../../../katixo/katixo.answers.js';
import { answers as primary } from '../../../primary/primary.answers.js';
import { type AnswerReaders, type Memory, remember } from './memory.js';
import { operationAt, type Paths } from './operation-at.js';

const CONTRACTS: [string, AnswerReaders][] = [
  ['primary', primary],
  ['katixo', katixo],
  ['datixlab', datixlab],
];
const pathsOf = (name: string) =>
  (JSON.parse(readFileSync(`openapi/${name}.json`, 'utf8')) as { paths: Paths }).paths;
const DOCUMENTS = CONTRACTS.map(([name, readers]) => ({ name, paths: pathsOf(name), readers }));

/** What is known after an answer to `request`, such as `GET /auth/me`, of whichever contract documents it. */
function learn(memory: Memory, request: string, answer: unknown, body?: object): Memory {
  const [method = '', url = ''] = request.split(' ');
  for (const { paths, readers } of DOCUMENTS) {
    const operation = operationAt(paths, method, url);
    if (!operation) continue;
    const sent = { body: body && JSON.stringify(body), parameters: operation.parameters };
    return remember(memory, readers[operation.id], sent, answer);
  }
  throw new Error(`No contract documents ${request}`);
}

describe('remembering answers', () => {
  const signedIn = { accessToken: 'a1', refreshToken: 'r1', user: { email: 'admin@acme.com' } };
  const before: Memory = { accessToken: 'a0', refreshToken: 'r0', email: 'old@acme.com' };

  it('takes over the tokens of a sign-in', () => {
    expect(learn(before, 'POST /auth/login', signedIn)).toEqual({
      accessToken: 'a1',
      refreshToken: 'r1',
      email: 'admin@acme.com',
    });
  });

  it('takes over the access token of a contract that has no other', () => {
    const { email } = signedIn.user;
    const answer = { access_token: 'a1', token_type: 'bearer', user: { email } };
    expect(learn(before, 'POST /v1/auth/login', answer)).toEqual({
      ...before,
      accessToken: 'a1',
      email,
    });
    const next = { access_token: 'a2', token_type: 'bearer' };
    expect(learn(before, 'POST /v1/auth/refresh', next)).toEqual({ ...before, accessToken: 'a2' });
  });

  it.each(['otp/verify', 'signup', 'register', 'login', 'verify-2fa'])(
    'takes the tokens of /api/v1/auth/%s out of the envelope',
    (path) => {
      const answer = { success: true, data: signedIn };
      expect(learn(before, `POST /api/v1/auth/${path}`, answer)).toEqual({
        accessToken: 'a1',
        refreshToken: 'r1',
        email: 'admin@acme.com',
      });
    },
  );

  it('knows what else an envelope contains', () => {
    const next = { data: { accessToken: 'a2', refreshToken: 'r2' } };
    expect(learn(before, 'POST /api/v1/auth/refresh', next)).toEqual({ ...before, ...next.data });
    const asked = { data: { requiresTwoFactor: true, tempToken: 'temp_1' } };
    expect(learn(before, 'POST /api/v1/auth/login', asked)).toEqual({ ...before, tempToken: 'temp_1' });
    const verified = { data: { verified: true, isNewUser: true, signupToken: 's1' } };
    expect(learn({}, 'POST /api/v1/auth/otp/verify', verified)).toEqual({ signupToken: 's1' });
    const phone = '+919876543211';
    expect(learn({}, 'POST /api/v1/auth/otp/request', { data: {} }, { phone })).toEqual({ phone });
    expect(learn(before, 'POST /api/v1/auth/logout', { data: null })).toEqual({ email: before.email });
  });

  it('stays who it is when an invitation is accepted', () => {
    expect(learn(before, 'POST /auth/invite/accept', signedIn)).toBe(before);
  });

  it.each(['/auth/logout', '/v1/auth/logout'])('forgets the tokens at sign-out by %s', (path) => {
    const after = learn(before, `POST ${path}`, { message: 'Logged out successfully' });
    expect(after).toEqual({ email: 'old@acme.com' });
  });

  it('forgets the tokens of an account that was deleted, and remembers where its restoration link goes', () => {
    const after = learn(before, 'DELETE /users/me', { deletionAt: '2026-12-05T23:45:00.000Z' });
    expect(after).toEqual({ email: 'old@acme.com' });
  });

  it('knows a session that is not the current one, until it is ended', () => {
    const data = [
      { id: 's1', current: true },
      { id: 's2', current: false },
    ];
    const listed = learn(before, 'GET /auth/sessions', { data });
    expect(listed.otherSessionId).toBe('s2');
    expect(learn(listed, 'DELETE /auth/sessions/s3', undefined).otherSessionId).toBe('s2');
    expect(learn(listed, 'DELETE /auth/sessions/s2', undefined).otherSessionId).toBeUndefined();
  });

  it('knows a key by the answer that made it, or by the list', () => {
    const made = learn(before, 'POST /auth/api-keys', { id: 'k2', key: 'sk_live_x' });
    expect(made).toEqual({ ...before, apiKeyId: 'k2' });
    const listed = learn(before, 'GET /auth/api-keys?limit=5', {
      data: [{ id: 'k2' }, { id: 'k1' }],
    });
    expect(listed.apiKeyId).toBe('k2');
    const inSnakeCase = { api_keys: [{ id: 'key_2' }, { id: 'key_1' }] };
    expect(learn(before, 'GET /v1/auth/api-keys', inSnakeCase).apiKeyId).toBe('key_2');
    expect(learn(made, 'GET /auth/api-keys', { data: [] }).apiKeyId).toBeUndefined();
  });

  it('knows what was made in the organisation', () => {
    const listed = { data: [] };
    const made = learn({}, 'POST /tenants/current/departments', { id: 'd1' });
    expect(learn(made, 'GET /tenants/current/departments', listed).departmentId).toBe('d1');
    expect(learn({}, 'POST /tenants/current/teams', { id: 't1' }).teamId).toBe('t1');
    const results = [
      { status: 'refused', error: {} },
      { status: 'invited', invitation: { id: 'i1' } },
    ];
    expect(learn({}, 'POST /auth/invite/bulk', { results }).invitationId).toBe('i1');
  });

  it('knows who joined by the invitation, and the role that was made', () => {
    const data = [
      { id: 'm1', email: 'admin@acme.com' },
      { id: 'm2', email: 'jane@acme.com' },
    ];
    const listed = learn({ invited: 'jane@acme.com' }, 'GET /tenants/current/members', { data });
    expect(listed.memberId).toBe('m2');
    const made = learn(listed, 'POST /tenants/current/roles', { id: 'r1' });
    expect(learn(made, 'GET /tenants/current/roles', { data: [] }).roleId).toBe('r1');
  });

  it.each([
    ['/auth', 'backupCodes'],
    ['/v1/auth', 'backup_codes'],
  ])('knows the second factor that %s/enable-2fa shows, until it is off', (basePath, codes) => {
    const backupCodes = ['12345678', '23456789'];
    const shown = { secret: 'JBSWY3DPEHPK3PXP', [codes]: backupCodes };
    const enrolled = learn(before, `POST ${basePath}/enable-2fa`, shown);
    expect(enrolled).toEqual({
      ...before,
      authenticator: { secret: shown.secret, stepSeconds: 30, lastStep: 0 },
      backupCodes,
    });
    const confirmed = learn(enrolled, `POST ${basePath}/confirm-2fa`, { success: true });
    expect(confirmed.authenticator?.lastStep).toBeGreaterThan(0);
    expect(learn(confirmed, `POST ${basePath}/disable-2fa`, { success: true })).toEqual(before);
  });

  it('knows the newest backup codes', () => {
    const { backupCodes } = learn({ backupCodes: ['1'] }, 'POST /auth/backup-codes', {
      backupCodes: ['2'],
    });
    expect(backupCodes).toEqual(['2']);
  });

  it.each([
    ['/auth', { requiresTwoFactor: true, tempToken: 'temp_1' }, { ...signedIn }],
    ['/v1/auth', { requires_2fa: true, temp_token: 'temp_1' }, { access_token: 'a1', user: {} }],
  ])(
    'keeps the temp token of %s/login until it is spent, beside who is signed in',
    (basePath, asked, answer) => {
      const authenticator = { secret: 'JBSWY3DPEHPK3PXP', stepSeconds: 30, lastStep: 0 };
      const waiting = learn({ ...before, authenticator }, `POST ${basePath}/login`, asked);
      expect(waiting).toEqual({ ...before, authenticator, tempToken: 'temp_1' });
      const { tempToken, ...signed } = learn(waiting, `POST ${basePath}/verify-2fa`, answer);
      expect([tempToken, signed.accessToken]).toEqual([undefined, 'a1']);
      expect(signed.authenticator?.lastStep).toBeGreaterThan(0);
    },
  );

  it('knows where the next link goes', () => {
    expect(learn({}, 'POST /auth/invite', { email: 'jane@acme.com' }).invited).toBe('jane@acme.com');
    const forgotten = learn({}, 'POST /auth/forgot-password', { message: '' }, { email: 'jane@acme.com' });
    expect(forgotten.recoveryEmail).toBe('jane@acme.com');
    const changed = { email: 'old@acme.com', pendingEmail: 'new@acme.com' };
    expect(learn({}, 'GET /auth/me', changed).email).toBe('new@acme.com');
    const waiting = { email: 'old@acme.com', pending_email: 'new@acme.com' };
    expect(learn({}, 'GET /v1/auth/me', waiting).email).toBe('new@acme.com');
    expect(learn({}, 'GET /v1/auth/me', { email: 'old@acme.com' }).email).toBe('old@acme.com');
  });
});

it.each(DOCUMENTS)('reads the answers of operations of $name only', ({ paths, readers }) => {
  const ids = Object.values(paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(ids).toEqual(expect.arrayContaining(Object.keys(readers)));
});

import { totp } from './walk.js';

const PASSWORD = 'correct horse battery';
const LATER_PASSWORD = 'difference engine no 2';

/** The complete contract: a company from its registration to its first API key. */
export async function walkPrimary(walk) {
  walk.chapter('Gatehouse: the complete contract, at /');
  const ada = walk.email('ada');
  const tokens = await found(walk, ada);
  await hire(walk, tokens.accessToken);
  await admitProgram(walk, tokens.accessToken);
  const again = await recover(walk, ada);
  await protect(walk, ada, again.accessToken);
}

async function found(walk, email) {
  const body = {
    email,
    password: PASSWORD,
    companyName: `Analytical Engines ${walk.mark}`,
    firstName: 'Ada',
    lastName: 'Lovelace',
  };
  await walk.step('Ada registers a company.', 'POST', '/auth/register', { body, expect: 201 });
  const signIn = { email, password: PASSWORD };
  await walk.step('A wrong password is refused.', 'POST', '/auth/login', {
    body: { email, password: 'wrong horse' },
    expect: 401,
  });
  const { refreshToken } = await walk.step('She signs in.', 'POST', '/auth/login', { body: signIn });
  const tokens = await walk.step('Her token is renewed.', 'POST', '/auth/refresh', {
    body: { refreshToken },
  });
  const token = tokens.accessToken;
  await walk.step('Who is she, and what may she do?', 'GET', '/auth/me', { token });
  const verification = { token: await walk.linkToken(email, 'verify-email') };
  await walk.step('She verifies her address.', 'POST', '/auth/verify-email', { token, body: verification });
  return tokens;
}

async function hire(walk, token) {
  const grace = walk.email('grace');
  const department = await walk.step('A department,', 'POST', '/tenants/current/departments', {
    token,
    body: { name: 'Compilers' },
    expect: 201,
  });
  const role = {
    key: 'auditor',
    name: 'Auditor',
    level: 20,
    permissions: { leads: { view: true }, members: { view: true } },
  };
  await walk.step('a role of the company’s own,', 'POST', '/tenants/current/roles', {
    token,
    body: role,
    expect: 201,
  });
  const invitation = { email: grace, role: 'auditor', departmentId: department.id };
  await walk.step('and a member with both.', 'POST', '/auth/invite', {
    token,
    body: invitation,
    expect: 201,
  });
  const link = await walk.linkToken(grace, 'invitation');
  await walk.step('Grace reads her invitation', 'GET', `/auth/invite/validate?token=${link}`);
  const body = { token: link, password: 'nanoseconds of wire', firstName: 'Grace', lastName: 'Hopper' };
  const joined = await walk.step('and joins.', 'POST', '/auth/invite/accept', { body, expect: 201 });
  const ask = { resource: 'leads', action: 'delete' };
  await walk.step('May she delete a lead? Not as an auditor.', 'POST', '/auth/authorize', {
    token: joined.accessToken,
    body: ask,
  });
  await walk.step('Ada makes her a manager:', 'PATCH', `/tenants/current/members/${joined.user.id}`, {
    token,
    body: { role: 'manager' },
  });
  await walk.step('now she may, with the token she has.', 'POST', '/auth/authorize', {
    token: joined.accessToken,
    body: ask,
  });
}

async function admitProgram(walk, token) {
  const body = { name: 'CI', scopes: ['leads.view'] };
  const { id, key } = await walk.step('A key for a program,', 'POST', '/auth/api-keys', {
    token,
    body,
    expect: 201,
  });
  await walk.step('which works within its scopes', 'POST', '/auth/authorize', {
    token: key,
    body: { resource: 'leads', action: 'view' },
  });
  await walk.step('and is refused for the management of people,', 'GET', '/tenants/current/members', {
    token: key,
    expect: 403,
  });
  await walk.step('until it is revoked:', 'DELETE', `/auth/api-keys/${id}`, { token, expect: 204 });
  await walk.step('at once.', 'GET', '/auth/me', { token: key, expect: 401 });
  await walk.step('Who did what?', 'GET', '/tenants/current/audit-events?limit=5', { token });
}

async function recover(walk, email) {
  await walk.step('Ada loses her password,', 'POST', '/auth/forgot-password', { body: { email } });
  const token = await walk.linkToken(email, 'password-reset');
  await walk.step('and chooses another.', 'POST', '/auth/reset-password', {
    body: { token, newPassword: LATER_PASSWORD },
  });
  return walk.step('She signs in with it.', 'POST', '/auth/login', {
    body: { email, password: LATER_PASSWORD },
  });
}

async function protect(walk, email, token) {
  const { otpauthUri } = await walk.step('She sets up an authenticator', 'POST', '/auth/enable-2fa', {
    token,
  });
  const confirm = { token, body: { code: totp(otpauthUri) } };
  await walk.step('and confirms it.', 'POST', '/auth/confirm-2fa', confirm);
  const body = { email, password: LATER_PASSWORD };
  const { tempToken } = await walk.step('Now the password is the first step,', 'POST', '/auth/login', {
    body,
  });
  const verify = { tempToken, code: totp(otpauthUri, 1) };
  const { accessToken } = await walk.step('and the next code the second.', 'POST', '/auth/verify-2fa', {
    body: verify,
  });
  await walk.step('She signs out.', 'POST', '/auth/logout', { token: accessToken });
  await walk.step('Her token is refused at once.', 'GET', '/auth/me', { token: accessToken, expect: 401 });
}

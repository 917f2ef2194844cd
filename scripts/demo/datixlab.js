const BASE = '/v1/auth';
const PASSWORD = 'agents under a blue moon';

/** The contract of a product for programs and their keys. */
export async function walkDatixlab(walk) {
  walk.chapter(`Datix Lab: keys for programs, at ${BASE}`);
  const email = walk.email('john');
  const registration = {
    email,
    password: PASSWORD,
    full_name: 'John Doe',
    organization_name: `Acme ${walk.mark}`,
  };
  await walk.step('John creates an organisation', 'POST', `${BASE}/register`, {
    body: registration,
    expect: 201,
  });
  const { access_token: first } = await walk.step('and signs in.', 'POST', `${BASE}/login`, {
    body: { email, password: PASSWORD },
  });
  const { access_token: token } = await walk.step(
    'One token is exchanged for the next.',
    'POST',
    `${BASE}/refresh`,
    { token: first },
  );
  await walk.step('Who is he?', 'GET', `${BASE}/me`, { token });
  const named = { name: 'Production', description: 'For production integrations', expires_in_days: 365 };
  const { id, key } = await walk.step('He creates a key,', 'POST', `${BASE}/api-keys`, {
    token,
    body: named,
    expect: 201,
  });
  await walk.step('which replaces a token,', 'GET', '/auth/verify', {
    token: key,
    expect: 204,
  });
  await walk.step('is listed without its secret,', 'GET', `${BASE}/api-keys`, { token });
  await walk.step('and is revoked.', 'DELETE', `${BASE}/api-keys/${id}`, { token });
  await walk.step('He signs out.', 'POST', `${BASE}/logout`, { token });
}

import { Api } from '../development/api.js';
import { totp } from '../demo/walk.js';
import { COMPANIES, PASSWORD } from './companies.js';

/*
 * `npm run seed -- [http://127.0.0.1:3000]`: fills a running development server with a sample company of each
 * product, with a person in every role, an API key, a second factor and an open invitation, and prints how to sign
 * in. An existing company stays unchanged. Needs the server's `/dev`, which has the links and codes.
 */
const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const origin = (process.argv[2] ?? `http://${HOST}:${PORT}`).replace(/\/$/, '');
const api = new Api(origin);
const say = (text) => process.stdout.write(`${text}\n`);

try {
  await api.assertReady();
  for (const company of COMPANIES) await seed(company);
  say(`\nEverybody's password: ${PASSWORD}\nTheir messages: ${origin}/dev/inbox`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function seed({ name, contract, owner, create }) {
  if (!(await api.isServed(contract))) {
    say(`\n${name}: this server does not serve the ${contract} contract`);
    return;
  }
  const signIn = { [owner.phone ? 'phone' : 'email']: owner.phone ?? owner.email, password: PASSWORD };
  if ((await api.send('POST', '/auth/login', signIn)).status === 401) await create(api, owner);
  const { accessToken: token } = await api.get('POST', '/auth/login', signIn);
  say(`\n${name} (${contract})`);
  say(`  owner       ${Object.values(signIn)[0]}`);
  await seedPeople(token, owner.domain);
  await seedKey(token);
}

/** One person in each role below the owner's, one of them with a second factor, and an invitation that stays open. */
async function seedPeople(token, domain) {
  const { roleLevel } = await api.get('GET', '/auth/me', undefined, token);
  const { data: roles } = await api.get('GET', '/tenants/current/roles?limit=100', undefined, token);
  const present = await emailsAt('/tenants/current/members', token);
  const below = roles.filter(({ level }) => level < roleLevel).sort((one, other) => other.level - one.level);
  for (const { key } of below) {
    const email = `${key.replaceAll('_', '-')}@${domain}`;
    if (!present.has(email)) await join(token, email, key);
    say(`  ${key.padEnd(11)} ${email}`);
  }
  const lowest = below.at(-1).key;
  const invited = `invited@${domain}`;
  if (!(await emailsAt('/tenants/current/invitations', token)).has(invited))
    await api.get('POST', '/auth/invite', { email: invited, role: lowest }, token);
  say(`  invited     ${invited}`);
  const guarded = `guarded@${domain}`;
  say(
    `  with 2FA    ${guarded}${present.has(guarded) ? '' : await guard(await join(token, guarded, lowest))}`,
  );
}

async function emailsAt(path, token) {
  const { data } = await api.get('GET', `${path}?limit=100`, undefined, token);
  return new Set(data.map(({ email }) => email));
}

/** Invites the person, accepts in their name, and returns their access token. */
async function join(token, email, role) {
  await api.get('POST', '/auth/invite', { email, role }, token);
  const accept = { token: await api.linkToken(email, 'invitation'), password: PASSWORD };
  const names = { firstName: email.split('@')[0], lastName: 'Sample' };
  return (await api.get('POST', '/auth/invite/accept', { ...accept, ...names })).accessToken;
}

/** Turns the second factor on. Its secret is printed once. */
async function guard(token) {
  const { otpauthUri } = await api.get('POST', '/auth/enable-2fa', {}, token);
  await api.get('POST', '/auth/confirm-2fa', { code: totp(otpauthUri) }, token);
  return `, authenticator secret ${new URL(otpauthUri).searchParams.get('secret')}`;
}

async function seedKey(token) {
  const { data } = await api.get('GET', '/auth/api-keys?limit=100', undefined, token);
  const isPresent = data.some(({ name }) => name === 'Sample');
  const key = isPresent
    ? 'was printed when it was created'
    : (await api.get('POST', '/auth/api-keys', { name: 'Sample' }, token)).key;
  say(`  API key     ${key}`);
}

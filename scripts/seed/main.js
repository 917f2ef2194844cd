import { totp } from '../demo/walk.js';
import { COMPANIES, PASSWORD } from './companies.js';
import { Api } from './api.js';

/*
 * `npm run seed -- [http://127.0.0.1:3000]`: fills a running development server with a sample company of each product,
 * with a person in every role, an API key, a second factor and an open invitation, and prints how to sign in. A company
 * that is there already stays as it is. Needs the server's `/dev`, which has the links and codes.
 */
const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const origin = (process.argv[2] ?? `http://${HOST}:${PORT}`).replace(/\/$/, '');
const api = new Api(origin);
const say = (text) => process.stdout.write(`${text}\n`);

try {
  await api.assertDevelopment();
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
  const isNew = (await api.send('POST', '/auth/login', signIn)).status === 401;
  if (isNew) await create(api, owner);
  const { accessToken: token } = await api.get('POST', '/auth/login', signIn);
  say(`\n${name} (${contract})`);
  say(`  owner       ${Object.values(signIn)[0]}`);
  await seedMembers(token, owner);
  if (isNew) await seedSecrets(token, owner);
  else say('  The API key and the second factor were printed when they were made.');
}

/** One person in each role below the owner's, and one invitation that nobody accepts. */
async function seedMembers(token, { domain }) {
  const { roleLevel } = await api.get('GET', '/auth/me', undefined, token);
  const { data: roles } = await api.get('GET', '/tenants/current/roles?limit=100', undefined, token);
  const members = await api.get('GET', '/tenants/current/members?limit=100', undefined, token);
  const present = new Set(members.data.map(({ email }) => email));
  for (const { key } of roles.filter(({ level }) => level < roleLevel)) {
    const email = `${key.replaceAll('_', '-')}@${domain}`;
    if (!present.has(email)) {
      await api.get('POST', '/auth/invite', { email, role: key }, token);
      const accept = { token: await api.linkToken(email, 'invitation'), password: PASSWORD };
      await api.get('POST', '/auth/invite/accept', { ...accept, firstName: key, lastName: 'Sample' });
    }
    say(`  ${key.padEnd(11)} ${email}`);
  }
}

async function seedSecrets(token, { domain }) {
  const invited = `invited@${domain}`;
  const lowest = 'user';
  const { data: roles } = await api.get('GET', '/tenants/current/roles?limit=100', undefined, token);
  const role = roles.find(({ key }) => key === lowest)?.key ?? roles.at(-1).key;
  await api.get('POST', '/auth/invite', { email: invited, role }, token);
  say(`  invited     ${invited}`);
  const { key } = await api.get('POST', '/auth/api-keys', { name: 'Sample' }, token);
  say(`  API key     ${key}`);
  const guarded = { email: `guarded@${domain}`, password: PASSWORD };
  await api.get('POST', '/auth/invite', { email: guarded.email, role }, token);
  const accept = { token: await api.linkToken(guarded.email, 'invitation'), password: PASSWORD };
  const joined = await api.get('POST', '/auth/invite/accept', {
    ...accept,
    firstName: 'Guarded',
    lastName: 'Sample',
  });
  const { otpauthUri } = await api.get('POST', '/auth/enable-2fa', {}, joined.accessToken);
  await api.get('POST', '/auth/confirm-2fa', { code: totp(otpauthUri) }, joined.accessToken);
  say(
    `  with 2FA    ${guarded.email}, authenticator secret ${new URL(otpauthUri).searchParams.get('secret')}`,
  );
}

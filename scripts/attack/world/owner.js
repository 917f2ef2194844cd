import { UsageError } from '../usage-error.js';
import { describe } from '../http/reply.js';
import { tenant } from './people.js';
import { sweepHome } from './sweep.js';

/** The owner whom the operator named, or a new one where that is allowed. Signs out again in the end. */
export async function signInOwner(scope, { email, tenant: slug }, { password, code }) {
  if (!email && !scope.world.mayRegister)
    throw new UsageError('Name the owner of an organisation there: --email');
  if (!email) return tenant(scope);
  const client = scope.client();
  const secret = await password();
  const body = { email, password: secret, ...(slug && { tenantSlug: slug }) };
  let reply = await client.post('/auth/login', body);
  if (reply.body.requiresTwoFactor) {
    const { tempToken } = reply.body;
    reply = await client.post('/auth/verify-2fa', { tempToken, code: await code() });
  }
  const { accessToken, refreshToken, user, tenant: opened } = reply.body;
  if (!accessToken) throw new UsageError(`The owner cannot sign in: ${describe(reply)}`);
  const account = { email, password: secret, accessToken, refreshToken, user, tenant: opened };
  scope.remove(() => signOut(client.as(accessToken), email));
  scope.remove(sweepHome);
  if (user.roleLevel !== 100) throw new UsageError(`${email} does not have the top-level role there`);
  return account;
}

async function signOut(client, email) {
  const reply = await client.post('/auth/logout', {});
  return reply.status === 200 ? undefined : `the session of ${email} (${describe(reply)})`;
}

import { codeOf, describe } from '../http/reply.js';
import { demand } from './demand.js';
import { tokenOf } from './mailbox.js';
import { newPassword } from './names.js';

/** The account deletes itself now, as part of a case. */
export async function deleteAccount(t, { user, client, password }) {
  demand(await client.delete('/users/me', { password }), 202);
  t.world.removed.add(user.id);
}

/** Deletes an account that the pack created, whatever the case did to it. Reports one that it could not delete. */
export async function removeAccount(scope, account) {
  const { removed } = scope.world;
  if (removed.has(account.user.id)) return undefined;
  let reply = await askForDeletion(scope, account, account.accessToken);
  if (reply.status !== 202) reply = (await signInAndAsk(scope, account)) ?? reply;
  if (codeOf(reply) === 'too_many_attempts') reply = (await recoverAndAsk(scope, account)) ?? reply;
  if (reply.status !== 202) return `the account ${account.email ?? account.phone} (${describe(reply)})`;
  removed.add(account.user.id);
  return undefined;
}

function askForDeletion(scope, { password, backupCodes }, token) {
  const code = backupCodes?.pop();
  return scope.client(token).delete('/users/me', { password, ...(code && { code }) });
}

/** By whichever identifier still signs in. Returns the response of the last step that was reached. */
async function signInAndAsk(scope, account) {
  const { email, phone, password, backupCodes = [] } = account;
  let reply;
  for (const identifier of [email && { email }, phone && { phone }]) {
    if (!identifier) continue;
    const client = scope.client();
    reply = await client.post('/auth/login', { ...identifier, password });
    if (reply.body.tempToken) {
      const body = { tempToken: reply.body.tempToken, code: backupCodes.pop() ?? '00000000' };
      reply = await client.post('/auth/verify-2fa', body);
    }
    if (reply.body.accessToken) return askForDeletion(scope, account, reply.body.accessToken);
  }
  return reply;
}

/** Where guesses have delayed the password, a link by mail gives access. */
async function recoverAndAsk(scope, account) {
  const { email } = account;
  if (!email || !scope.target.hasMailbox) return undefined;
  await scope.client().post('/auth/forgot-password', { email });
  const [message] = await scope.mailbox.messages(email, 'password-reset');
  if (!message) return undefined;
  const password = newPassword();
  const body = { token: tokenOf(message), newPassword: password };
  const reply = await scope.client().post('/auth/reset-password', body);
  if (reply.status !== 200) return undefined;
  account.password = password;
  return signInAndAsk(scope, account);
}

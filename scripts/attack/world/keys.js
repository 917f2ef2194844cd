import { demand } from './demand.js';
import { uniqueName } from './names.js';

/** A new API key of this account, which is revoked in the end. */
export async function createKey(t, of, more = {}) {
  const client = t.as(of);
  const { body } = demand(await client.post('/auth/api-keys', { name: uniqueName('key'), ...more }), 201);
  t.remove(async (scope) => {
    await scope.as(of).delete(`/auth/api-keys/${body.id}`);
  });
  return body;
}

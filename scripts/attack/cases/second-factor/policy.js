import { readJwt } from '../../jwt.js';
import { demand } from '../../world/demand.js';
import { join, member, signIn, tenant } from '../../world/people.js';
import { protect } from '../../world/second-factor.js';
import { me } from '../shared.js';

const area = 'second-factor';
const CODE = 'two_factor_enrolment_required';

/** From now on the organisation requires a second factor. Its owner has one, to remain able to act. */
async function require(t, owner) {
  await protect(t, owner);
  demand(await owner.client.patch('/tenants/current', { policies: { requireTwoFactor: true } }), 200);
}

export const POLICY = [
  {
    id: 'second-factor-policy-session',
    area,
    title: 'A session that must still enrol a second factor, at every operation of the target',
    recalls: 'GHSA-xg6x-h9c9-2m83 Better Auth; CVE-2025-64103 Zitadel',
    expected: '403 everywhere except at the enrolment',
    budget: 200,
    run: async (t, look) => {
      const owner = await tenant(t);
      const owing = await member(t, owner, 'admin');
      await require(t, owner);
      look.refused('the session from before', await owing.client.get('/tenants/current/roles'), 401, 403);
      const { client } = await signIn(t, owing);
      for (const { name, method, path, takesJson } of t.world.operations({
        signedIn: true,
        whileEnrolling: false,
      })) {
        look.refused(name, await client.send(method, path, takesJson ? {} : undefined), 403);
      }
      look.answered('me', await me(client), 200);
    },
  },
  {
    id: 'second-factor-policy-token',
    area,
    title:
      'The access token of a session that must still enrol a second factor, at a service that verifies it offline',
    recalls: 'CVE-2025-64103 Zitadel (a token valid after one factor)',
    expected: 'no org_id, role or role_level in it',
    run: async (t, look) => {
      const owner = await tenant(t);
      const owing = await member(t, owner, 'admin');
      await require(t, owner);
      const { accessToken } = await signIn(t, owing);
      const { claims } = readJwt(accessToken);
      for (const name of ['org_id', 'role', 'role_level']) {
        look.holds(`${name} is ${claims[name]}`, claims[name] === undefined, `no ${name}`);
      }
    },
  },
  {
    id: 'second-factor-policy-gateway',
    area,
    title: 'A session that must still enrol a second factor, in the operations that services call',
    recalls: 'CVE-2025-64103 Zitadel; CVE-2026-33496 Ory Oathkeeper',
    expected: 'refused, not allowed, not active',
    run: async (t, look) => {
      const owner = await tenant(t);
      const owing = await member(t, owner, 'admin');
      const service = await member(t, owner, 'admin');
      const { key } = demand(
        await service.client.post('/auth/api-keys', { name: 'Attack pack service' }),
        201,
      ).body;
      await require(t, owner);
      const { client } = await signIn(t, owing);
      look.refused('verify', await client.get('/auth/verify'), 403);
      const { body } = await client.post('/auth/authorize', { resource: 'leads', action: 'view' });
      look.holds(`authorize says ${JSON.stringify(body)}`, body.allowed !== true, 'not allowed');
      look.refused('the key of a person without the factor', await me(t.client(key)), 401);
    },
  },
  {
    id: 'second-factor-policy-switch',
    area,
    title: 'Switching a session without the factor into an organisation that requires it',
    recalls: 'better-auth#9205 (the switch of the organisation); CVE-2026-33132 Zitadel',
    expected: '403',
    run: async (t, look) => {
      const [strict, person] = [await tenant(t), await tenant(t)];
      await join(t, strict, person);
      await require(t, strict);
      // Joining opened another session: the person's own is still in their own organisation
      look.refused(
        'the switch',
        await person.client.post('/users/me/switch-org', { orgId: strict.tenant.id }),
        CODE,
      );
    },
  },
];

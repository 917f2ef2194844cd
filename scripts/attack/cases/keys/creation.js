import { demand } from '../../world/demand.js';
import { createKey } from '../../world/keys.js';
import { uniqueName } from '../../world/names.js';
import { member, spareSession, tenant } from '../../world/people.js';
import { burst, countStatus } from '../shared.js';

const area = 'keys';
const PATH = '/auth/api-keys';

export const CREATION = [
  {
    id: 'keys-for-another',
    area,
    title: 'A key for another person, by their id in the body: without a session and with one',
    recalls: 'CVE-2025-61928 / GHSA-99h5-pjcv-gr6v Better Auth',
    expected: '401 without, 400 with a session',
    run: async (t, look, { owner, user }) => {
      const nobody = t.client();
      const client = t.as(owner);
      for (const field of ['userId', 'user_id', 'ownerId', 'orgId', 'tenantId']) {
        const body = { name: 'Attack pack', [field]: user.user.id };
        look.refused(`${field}, no session`, await nobody.post(PATH, body), 401);
        look.refused(field, await client.post(PATH, body), 400);
      }
      look.refused('the list, no session', await nobody.get(`${PATH}?userId=${user.user.id}`), 401);
    },
  },
  {
    id: 'keys-ended-session',
    area,
    title: 'Creating, reading and rotating keys with a session that signed out a moment ago',
    recalls: 'better-auth#9967, #9974, #9991',
    expected: '401',
    run: async (t, look) => {
      const session = await spareSession(t);
      demand(await session.client.get(PATH), 200);
      demand(await session.client.post('/auth/logout', {}), 200);
      look.refused('making', await session.client.post(PATH, { name: 'Attack pack' }), 401);
      look.refused('reading', await session.client.get(PATH), 401);
      if (t.target.contracts.has('datixlab')) {
        look.refused(
          'datixlab',
          await session.client.post('/v1/auth/api-keys', { name: 'Attack pack' }),
          401,
        );
      }
    },
  },
  {
    id: 'keys-ended-while-making',
    area,
    title: 'Keys created at the same time as the sign-out of their session',
    recalls: 'better-auth#9967 (through the cookie cache)',
    expected: 'none after the response to the sign-out',
    run: async (t, look) => {
      const session = await spareSession(t);
      const [, replies] = await Promise.all([
        session.client.post('/auth/logout', {}),
        burst(6, () => t.client(session.accessToken).post(PATH, { name: 'Attack pack' })),
      ]);
      for (const { status } of replies)
        look.holds(`${status}`, status === 201 || status === 401, `${status}`);
      look.refused('afterwards', await session.client.post(PATH, { name: 'Attack pack' }), 401);
    },
  },
  {
    id: 'keys-wider-than-their-owner',
    area,
    title: 'Scopes beyond what the owner holds, beyond what a key may have, unknown, or for everything',
    recalls: 'past-bugs S4: a key exceeds its creator; OWASP ASVS V8.2.1',
    expected: '400 or 403',
    run: async (t, look, { owner, nobody }) => {
      const forbidden = [
        'members.view',
        'members.edit',
        'invitations.create',
        'roles.edit',
        'settings.edit',
        'apiKeys.create',
        'users.edit',
      ];
      const client = t.as(owner);
      for (const scope of [
        ...forbidden,
        '*',
        'leads.*',
        '*.view',
        'leads',
        'leads.fly',
        '__proto__.view',
        '',
      ]) {
        look.refused(scope, await client.post(PATH, { name: 'Attack pack', scopes: [scope] }), 400, 403);
      }
      look.refused(
        'of a member who may create none',
        await t.as(nobody).post(PATH, { name: 'Attack pack' }),
        403,
      );
      const trail = { name: 'Attack pack', scopes: ['auditEvents.view'] };
      look.refused(
        'the audit trail, by a manager',
        await t.as(await managerOf(t, owner)).post(PATH, trail),
        403,
      );
    },
  },
  {
    id: 'keys-widened-later',
    area,
    title: 'Scopes, expiry, owner or addresses of a key changed afterwards',
    recalls: 'better-auth#9974 (mass assignment)',
    expected: '400',
    run: async (t, look) => {
      const { id } = await createKey(t, t.home, { scopes: ['leads.view'] });
      const client = t.as(t.home);
      const changes = {
        scopes: ['leads.delete'],
        expiresAt: null,
        userId: t.home.user.id,
        allowedAddresses: ['0.0.0.0/0'],
        key: 'x',
        prefix: 'x',
      };
      for (const [field, value] of Object.entries(changes)) {
        look.refused(field, await client.patch(`${PATH}/${id}`, { [field]: value }), 400);
      }
    },
  },
  {
    id: 'keys-without-end',
    area,
    title:
      'A key that has expired already, never expires against the policy of the organisation, or has an invalid expiry',
    recalls: 'past-bugs S4: expired keys',
    expected: '400',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      const ends = [
        { expiresAt: '2001-01-01T00:00:00Z' },
        { expiresAt: null },
        { expiresAt: 'never' },
        { expiresInDays: 0 },
        { expiresInDays: -1 },
        { expiresInDays: 1e9 },
        { expiresInDays: '365' },
        { expiresInDays: 1.5 },
      ];
      for (const end of ends)
        look.refused(JSON.stringify(end), await client.post(PATH, { name: 'Attack pack', ...end }), 400);
    },
  },
  {
    id: 'keys-address-lists',
    area,
    title:
      'Lists of addresses that are too wide or meaningless: empty, no address, a range with host bits, a name',
    recalls: 'past-bugs S4: an empty list against no list',
    expected: '400',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      const lists = [
        [],
        ['x'],
        ['localhost'],
        ['203.0.113.0/33'],
        ['203.0.113.0/-1'],
        ['999.1.1.1'],
        ['203.0.113.5/'],
        '203.0.113.5',
        [null],
        ['::1/129'],
      ];
      for (const allowedAddresses of lists) {
        look.refused(
          JSON.stringify(allowedAddresses),
          await client.post(PATH, { name: 'Attack pack', allowedAddresses }),
          400,
        );
      }
    },
  },
  {
    id: 'keys-parallel-limit',
    area,
    title: 'Sixty parallel requests for a key, where a person may have fifty',
    recalls: 'ory/talos (the quota counted outside the insert); better-auth#9993',
    expected: 'not one more than the limit, whatever it is',
    budget: 140,
    run: async (t, look) => {
      const { client } = await tenant(t);
      const make = () => client.post(PATH, { name: uniqueName('key') });
      const replies = await burst(60, make);
      const made = replies.filter(({ status }) => status === 201);
      look.holds('nothing was created', made.length > 0, 'some were created');
      if (made.length === 60) return look.holds('', true, 'the limit is above sixty');
      look.refused('one more', await make(), 409);
      demand(await client.delete(`${PATH}/${made[0].body.id}`), 204);
      // More than the limit were created if a freed place is not available again
      look.answered('one after one was revoked', await make(), 201);
      look.equal('one at a time', countStatus([await make()], 201), 0);
    },
  },
];

const managerOf = (t, owner) => member(t, owner, 'manager');

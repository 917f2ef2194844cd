import { demand } from '../../world/demand.js';
import { burst, me } from '../shared.js';

const area = 'tenancy';
const LISTS = [
  '/tenants/current/members',
  '/tenants/current/roles',
  '/tenants/current/departments',
  '/tenants/current/teams',
  '/tenants/current/invitations',
  '/auth/api-keys',
  '/tenants/current/audit-events',
];
const MAX_PAGES = 6;

/**
 * No response contains an id or an address of the other tenant. A search of the own trail is recorded there, with its
 * search text.
 */
function expectOwn(look, what, { text }, { ids, owner, colleague }) {
  const searched = what.includes('audit-events') ? [] : [owner.user.id];
  const known = [...Object.values(ids), ...searched, owner.email, colleague.email];
  const found = known.filter((one) => text.includes(one));
  look.holds(`${what} shows ${found}`, found.length === 0, 'own rows');
}

export const BY_LIST = [
  {
    id: 'tenancy-pages',
    area,
    title: 'Every list, page by page with one row each, beside a tenant whose rows were created in between',
    recalls: 'ory/kratos 93d364c8e (OR without brackets in the next page); CVE-2025-67717 Zitadel',
    expected: 'own rows on every page',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      for (const path of LISTS) {
        let cursor = '';
        for (let page = 0; page < MAX_PAGES; page += 1) {
          const reply = demand(await client.get(`${path}?limit=1${cursor}`), 200);
          expectOwn(look, path, reply, theirs);
          if (!reply.body.nextCursor) break;
          cursor = `&cursor=${encodeURIComponent(reply.body.nextCursor)}`;
        }
      }
    },
  },
  {
    id: 'tenancy-cursor-of-another',
    area,
    title: 'The cursor of another tenant’s list, and of another list, in the own one',
    recalls: 'ory/kratos 93d364c8e; CVE-2026-33503 Kratos',
    expected: '400, or own rows',
    run: async (t, look, { mine, theirs }) => {
      const [client, other] = [t.as(mine.owner), t.as(theirs.owner)];
      for (const path of LISTS) {
        const { nextCursor } = demand(await other.get(`${path}?limit=1`), 200).body;
        if (!nextCursor) continue;
        for (const target of [path, LISTS[0], LISTS[1]]) {
          const reply = await client.get(`${target}?limit=5&cursor=${encodeURIComponent(nextCursor)}`);
          look.holds(
            `${target}: ${reply.status}`,
            reply.status === 200 || reply.status === 400,
            `${reply.status}`,
          );
          expectOwn(look, target, reply, theirs);
        }
      }
    },
  },
  {
    id: 'tenancy-search',
    area,
    title: 'Searching members by the address of another tenant’s, and by wildcards and quotes',
    recalls: 'CVE-2024-39683 Zitadel; OWASP ASVS V1.2.4',
    expected: 'own rows, and wildcards taken literally',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const search = (text) => client.get(`/tenants/current/members?search=${encodeURIComponent(text)}`);
      for (const text of [theirs.colleague.email, theirs.owner.email, '@example.com', 'attack']) {
        expectOwn(look, `search ${text.slice(0, 12)}`, demand(await search(text), 200), theirs);
      }
      for (const text of ['%', '_', '%%', '\\', "' OR '1'='1", "'; --", '*']) {
        const reply = await search(text);
        look.holds(
          `search ${text}: ${reply.status}`,
          reply.status === 200 || reply.status === 400,
          `${reply.status}`,
        );
        look.equal(`search ${text}: rows`, reply.body.data?.length ?? 0, 0);
      }
    },
  },
  {
    id: 'tenancy-filters',
    area,
    title: 'Lists filtered by another tenant’s ids, and the audit trail by its people',
    recalls: 'CVE-2024-39683 Zitadel; CVE-2025-67717 Zitadel',
    expected: 'no row',
    run: async (t, look, { mine, theirs }) => {
      const client = t.as(mine.owner);
      const paths = [
        `/tenants/current/members?departmentId=${theirs.ids.department}`,
        `/tenants/current/members?role=${theirs.role.key}`,
        `/tenants/current/audit-events?actorId=${theirs.owner.user.id}`,
        `/tenants/current/audit-events?targetId=${theirs.ids.organisation}`,
      ];
      for (const path of paths) {
        const { status, body } = await client.get(path);
        look.holds(`${path.split('=')[0]}: ${status}`, status === 200 || status === 400, `${status}`);
        look.equal('rows', body.data?.length ?? 0, 0);
      }
      const path = `/tenants/current/audit-events/export?actorId=${theirs.owner.user.id}`;
      const exported = await client.get(path);
      look.equal('exported lines', exported.text.trim(), '');
    },
  },
  {
    id: 'tenancy-sessions-listed',
    area,
    title: 'The list of sessions, by a person whose colleagues have some',
    recalls: 'CVE-2024-39683 Zitadel (other people’s sessions listed)',
    expected: 'own sessions only',
    run: async (t, look, { mine, theirs }) => {
      const { body } = demand(await t.as(mine.owner).get('/auth/sessions'), 200);
      for (const id of [mine.ids.session, theirs.ids.session]) {
        look.holds('a session of another person', !body.data.some((session) => session.id === id), 'own');
      }
    },
  },
  {
    id: 'tenancy-mixed-connections',
    area,
    title:
      'Forty parallel requests of two tenants: whether one gets what a connection still held of the other',
    recalls: 'CVE-2026-40155 Auth0; past-bugs S2: settings left on pooled connections',
    expected: 'everybody gets their own',
    run: async (t, look, { mine, theirs }) => {
      const clients = [mine, theirs].map(({ owner }) => t.as(owner));
      const answers = await burst(40, async (index) => {
        const client = clients[index % 2];
        return index % 4 < 2 ? me(client) : client.get('/tenants/current');
      });
      for (const [index, { body }] of answers.entries()) {
        const expected = [mine, theirs][index % 2].ids.organisation;
        look.equal('the tenant is the own one', (body.tenant?.id ?? body.id) === expected, true);
      }
    },
  },
];

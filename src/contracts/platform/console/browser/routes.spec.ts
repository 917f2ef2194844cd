import { auditAt, personAt, routeOf, tenantAt, tenantsAt } from './routes.js';

const ID = '01988b6e-7c1f-7000-8000-000000000001';

it.each([
  ['', { page: 'overview' }],
  ['#/', { page: 'overview' }],
  ['#/people', { page: 'people' }],
  [personAt(ID), { page: 'person', id: ID }],
  [tenantAt(ID), { page: 'tenant', id: ID }],
  [tenantsAt({ search: 'a&b #/ü', status: '' }), { page: 'tenants', filters: { search: 'a&b #/ü' } }],
  [
    auditAt({ scope: 'platform', action: 'user.' }),
    { page: 'audit', filters: { scope: 'platform', action: 'user.' } },
  ],
])('the address %s opens its page', (fragment, route) => {
  expect(routeOf(fragment)).toEqual(route);
});

it.each([
  '#/people/jane@acme.com',
  `#/people/${ID}/block`,
  `#/audit/${ID}`,
  '#/tenants/../people',
  '#/__proto__',
  '#//evil.example',
])('the address %s opens no page', (fragment) => {
  expect(routeOf(fragment)).toEqual({ page: 'unknown' });
});

it('takes no filter from an address but those of the page', () => {
  expect(routeOf('#/audit?limit=1&cursor=x&__proto__=1&targetId=')).toEqual({ page: 'audit', filters: {} });
});

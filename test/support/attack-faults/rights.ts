import type { Fault } from '../faulty-proxy.js';
import { codeOf, isAt, jsonOf, setJson, turn } from './tools.js';

export function faultsOfTenancy(): Fault[] {
  const people = new Set<string>();
  return [
    {
      name: 'a member is found by the id alone',
      caught: ['tenancy-members', 'tenancy-every-path'],
      onAnswer: (passing, given) => {
        const { user } = jsonOf(given);
        if (user?.id) people.add(String(user.id));
        const id = /^\/tenants\/current\/members\/([0-9a-f-]{36})$/.exec(passing.path)?.[1];
        if (passing.method === 'GET' && given.status === 404 && people.has(id ?? ''))
          turn(given, 200, { id });
      },
    },
    {
      name: 'a header selects the tenant',
      caught: ['tenancy-named-elsewhere'],
      onAnswer: (passing, given) => {
        const id = passing.headers['x-tenant-id'];
        if (id === undefined || !isAt(passing, 'GET', /^\/tenants\/current$/) || given.status !== 200) return;
        setJson(given, { ...jsonOf(given), id });
      },
    },
    {
      name: 'a tampered cursor counts as the first page',
      caught: ['tokens-pages'],
      onAnswer: (passing, given) => {
        const isPage = passing.method === 'GET' && /[?&]cursor=/.test(passing.path);
        if (isPage && given.status === 400) turn(given, 200, { data: [], nextCursor: null });
      },
    },
  ];
}

export function faultsOfRoles(): Fault[] {
  const isChange = /^\/tenants\/current\/members\/[0-9a-f-]{36}$/;
  return [
    {
      name: 'a change of a member does not check levels',
      caught: [
        'roles-own-role',
        'roles-above-oneself',
        'roles-superiors',
        'roles-editor-climbs',
        'roles-by-department',
      ],
      onAnswer: (passing, given) => {
        const isLevel = ['role_level_exceeded', 'member_not_manageable'].includes(codeOf(given));
        if (isAt(passing, 'PATCH', isChange) && isLevel) turn(given, 200);
      },
    },
    {
      name: 'unknown roles are stored',
      caught: ['roles-unknown', 'tenancy-moved-into'],
      onAnswer: (passing, given) => {
        if (isAt(passing, 'PATCH', isChange) && codeOf(given) === 'role_not_found') turn(given, 200);
      },
    },
  ];
}

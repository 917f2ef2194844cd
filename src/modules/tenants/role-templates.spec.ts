import type { PermissionMap } from '../../common/permissions.js';
import { ROLE_TEMPLATES, type RoleTemplateName } from './role-templates.js';

/** The granted permissions of one role, as `resource: actions`. */
function granted(template: RoleTemplateName, key: string, resources?: string[]): Record<string, string> {
  const role = ROLE_TEMPLATES[template].find((one) => one.key === key);
  const permissions: PermissionMap = role?.permissions ?? {};
  const entries = Object.entries(permissions)
    .filter(([resource]) => resources?.includes(resource) ?? true)
    .map(([resource, actions]) => [
      resource,
      Object.keys(actions)
        .filter((action) => actions[action])
        .join(' '),
    ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

const levels = (template: RoleTemplateName) => ROLE_TEMPLATES[template].map(({ key, level }) => [key, level]);
const ALL = 'view create edit delete';

describe('the roles of a katixo organisation', () => {
  const PUBLISHED = [
    'invoices',
    'purchases',
    'expenses',
    'gst',
    'contacts',
    'items',
    'inventory',
    'workflows',
    'users',
    'settings',
  ];
  const rights = (key: string) => granted('katixo', key, PUBLISHED);

  it('are five, at their levels', () => {
    expect(levels('katixo')).toEqual([
      ['owner', 100],
      ['admin', 80],
      ['accountant', 60],
      ['operator', 40],
      ['viewer', 20],
    ]);
  });

  const everyData = {
    invoices: ALL,
    purchases: ALL,
    expenses: ALL,
    gst: ALL,
    contacts: ALL,
    items: ALL,
    inventory: ALL,
  };

  it('OWNER: full access; manages organisation settings, users, and all data', () => {
    const all = { ...everyData, workflows: 'approve', users: ALL, settings: 'view edit' };
    expect(rights('owner')).toEqual(all);
  });

  it('ADMIN: full access to data; invites users and manages settings', () => {
    const all = { ...everyData, workflows: 'approve', users: 'view create', settings: 'view edit' };
    expect(rights('admin')).toEqual(all);
  });

  it('ACCOUNTANT: reads and writes invoices, purchases, expenses, GST, contacts, items; approves workflows', () => {
    const all = { ...everyData, inventory: '', workflows: 'approve', users: '', settings: '' };
    expect(rights('accountant')).toEqual(all);
  });

  it('OPERATOR: reads and writes invoices, items, contacts, inventory; no GST, no approval', () => {
    const all = {
      ...everyData,
      purchases: '',
      expenses: '',
      gst: '',
      workflows: '',
      users: '',
      settings: '',
    };
    expect(rights('operator')).toEqual(all);
  });

  it('VIEWER: reads all data and writes nothing', () => {
    const data = Object.fromEntries(Object.keys(everyData).map((resource) => [resource, 'view']));
    expect(rights('viewer')).toEqual({ ...data, workflows: '', users: '', settings: '' });
  });

  it('let owners and administrators invite, and nobody else', () => {
    const invites = (key: string) => granted('katixo', key, ['invitations']).invitations !== '';
    const inviters = ROLE_TEMPLATES.katixo.filter(({ key }) => invites(key)).map(({ key }) => key);
    expect(inviters).toEqual(['owner', 'admin']);
  });

  it('let only the owner change members', () => {
    const rightsOver = (key: string) => granted('katixo', key, ['members']).members;
    expect(rightsOver('owner')).toBe('view edit delete');
    expect(rightsOver('admin')).toBe('view');
  });

  it('have no resource of another product', () => {
    expect(Object.keys(ROLE_TEMPLATES.katixo[0].permissions)).not.toContain('leads');
  });
});

describe('the roles of a primary organisation', () => {
  const RESOURCES = [
    'leads',
    'members',
    'invitations',
    'roles',
    'departments',
    'teams',
    'settings',
    'apiKeys',
    'auditEvents',
  ];

  it('are three, at their levels', () => {
    expect(levels('primary')).toEqual([
      ['admin', 100],
      ['manager', 50],
      ['user', 10],
    ]);
  });

  it.each(['admin', 'manager', 'user'])('contain exactly the resources of their product (%s)', (key) => {
    expect(Object.keys(granted('primary', key))).toEqual(RESOURCES);
  });

  it('admin has every permission', () => {
    expect(granted('primary', 'admin')).toEqual({
      leads: ALL,
      members: 'view edit delete',
      invitations: 'view create delete',
      roles: ALL,
      departments: ALL,
      teams: ALL,
      settings: 'view edit',
      apiKeys: ALL,
      auditEvents: 'view',
    });
  });

  it('manager runs the daily work', () => {
    expect(granted('primary', 'manager')).toEqual({
      leads: ALL,
      members: 'view edit',
      invitations: 'view create delete',
      roles: 'view',
      departments: 'view',
      teams: 'view create edit',
      settings: 'view',
      apiKeys: ALL,
      auditEvents: '',
    });
  });

  it('user works on leads', () => {
    expect(granted('primary', 'user')).toEqual({
      leads: 'view create edit',
      members: 'view',
      invitations: '',
      roles: '',
      departments: '',
      teams: '',
      settings: '',
      apiKeys: '',
      auditEvents: '',
    });
  });
});

describe('the roles of a datixlab organisation', () => {
  it('are two, at their levels', () => {
    expect(levels('datixlab')).toEqual([
      ['admin', 100],
      ['member', 10],
    ]);
  });

  it('admin has every permission, a member works on agents, sees the members and has keys of their own', () => {
    expect(Object.values(granted('datixlab', 'admin')).every((actions) => actions !== '')).toBe(true);
    const held = Object.entries(granted('datixlab', 'member')).filter(([, actions]) => actions !== '');
    expect(held).toEqual([
      ['agents', 'view create edit'],
      ['members', 'view'],
      ['apiKeys', ALL],
    ]);
  });
});

it.each(Object.keys(ROLE_TEMPLATES) as RoleTemplateName[])(
  'the creator of a %s tenant has every permission',
  (name) => {
    const [creator, ...others] = ROLE_TEMPLATES[name];
    expect(Object.values(creator.permissions).flatMap((actions) => Object.values(actions))).not.toContain(
      false,
    );
    for (const role of others) expect(role.level).toBeLessThan(creator.level);
  },
);

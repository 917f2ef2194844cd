import { KEY_RESOURCES, KEY_SCOPES, PERMISSIONS } from '../../common/permissions.js';
import { ScopeNotHeld } from './api-keys.errors.js';
import { grantScopes, rightsOf } from './scopes.js';

const ROLE = {
  leads: { view: true, create: true, edit: false, delete: false },
  members: { view: true, edit: true, delete: true },
  auditEvents: { view: true },
};

describe('the scopes of a new key', () => {
  it('default to the products’ data that its owner has permissions for', () => {
    expect(grantScopes(undefined, ROLE)).toEqual(['leads.view', 'leads.create']);
    expect(grantScopes(undefined, {})).toEqual([]);
  });

  it('include the audit trail on request', () => {
    expect(grantScopes(['auditEvents.view'], ROLE)).toEqual(['auditEvents.view']);
  });

  it('are as requested, each once, and may be none', () => {
    expect(grantScopes(['leads.create', 'leads.view', 'leads.create'], ROLE)).toEqual([
      'leads.view',
      'leads.create',
    ]);
    expect(grantScopes([], ROLE)).toEqual([]);
  });

  it.each([['leads.edit'], ['invoices.view'], ['members.view'], ['apiKeys.create']] as const)(
    'do not reach %s, which the owner lacks or no key may have',
    (scope) => {
      expect(() => grantScopes(['leads.view', scope], ROLE)).toThrow(ScopeNotHeld);
    },
  );

  it('never include the management of accounts, members or roles', () => {
    const closed = [
      'members',
      'invitations',
      'roles',
      'departments',
      'teams',
      'settings',
      'users',
      'apiKeys',
    ];
    expect(KEY_RESOURCES.filter((resource) => closed.includes(resource))).toEqual([]);
    const others = PERMISSIONS.filter((one) => !KEY_SCOPES.includes(one)).map((one) => one.split('.')[0]);
    expect([...new Set(others)].sort()).toEqual([...closed].sort());
  });
});

describe('the rights of a key', () => {
  it('are its scopes, as far as the role still has them', () => {
    expect(rightsOf(['leads.view', 'leads.edit', 'invoices.view'], ROLE)).toEqual({
      leads: { view: true, create: false, edit: false, delete: false },
      members: { view: false, edit: false, delete: false },
      auditEvents: { view: false },
    });
  });

  it('include nothing that no key may have, whatever its scopes say', () => {
    expect(rightsOf(['members.edit', 'leads.view'], ROLE).members).toEqual({
      view: false,
      edit: false,
      delete: false,
    });
  });
});

import { PERMISSION_CATALOGUE } from '../../../src/common/permissions.js';
import { at, type Envelope, Katixo } from '../../support/katixo.js';
import { useSharedApp } from '../../support/test-app.js';

describe('the published rights of the katixo roles, one by one', () => {
  const t = useSharedApp();
  const k = new Katixo(t);

  type Resource = keyof typeof PERMISSION_CATALOGUE;
  const DATA: Resource[] = ['invoices', 'purchases', 'expenses', 'gst', 'contacts', 'items', 'inventory'];
  const readWrite = (...resources: Resource[]) =>
    resources.flatMap((one) => (PERMISSION_CATALOGUE[one] ?? []).map((action) => `${one}.${action}`));
  /** The resources of the table. */
  const SPOKEN_OF = readWrite(...DATA, 'workflows', 'users', 'settings');

  const TABLE: Record<string, { line: string; rights: string[] }> = {
    OWNER: {
      line: 'Full access. Can manage organization settings, users, and all data.',
      rights: SPOKEN_OF,
    },
    ADMIN: {
      line: 'Full access to data. Can invite users and manage settings.',
      rights: [...readWrite(...DATA, 'workflows', 'settings'), 'users.view', 'users.create'],
    },
    ACCOUNTANT: {
      line: 'Read/write for invoices, purchases, expenses, GST, contacts, items. Can approve workflows.',
      rights: readWrite('invoices', 'purchases', 'expenses', 'gst', 'contacts', 'items', 'workflows'),
    },
    OPERATOR: {
      line: 'Read/write for invoices, items, contacts, inventory. Cannot access GST reports or approve workflows.',
      rights: readWrite('invoices', 'items', 'contacts', 'inventory'),
    },
    VIEWER: {
      line: 'Read-only access to all data. Cannot create, update, or delete.',
      rights: DATA.map((resource) => `${resource}.view`),
    },
  };

  it.each(Object.entries(TABLE))('%s: $line', async (role, { rights }) => {
    const owner = await k.owner();
    const { client } = role === 'OWNER' ? owner : await k.member(owner, role);
    const me = await client.get<Envelope>(at('/auth/me'));
    expect(me.body.data.role).toBe(role);
    for (const permission of SPOKEN_OF) {
      const [resource = '', action = ''] = permission.split('.');
      const { body } = await client.post('/auth/authorize', { resource, action });
      const allowed = rights.includes(permission);
      const expected = { allowed, reason: allowed ? null : 'permission_missing' };
      expect([permission, body]).toEqual([permission, expected]);
    }
  });
});

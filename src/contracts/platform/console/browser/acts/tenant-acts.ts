import { timeOf, visible } from '../formats.js';
import type { TenantDetail } from '../records.js';
import { type Act, changed, TOLD_OWNERS, UNCHANGED } from './act.js';

export function actsOnTenant(tenant: TenantDetail): Act[] {
  const name = visible(tenant.name);
  const at = (verb: string) => `tenants/${tenant.id}/${verb}`;
  const suspend: Act = {
    title: `Suspend ${name}`,
    effects: [
      'From now on nobody reaches the tenant: by no session, API key, sign-in or invitation.',
      'Nothing is revoked. Its people keep their accounts and their other tenants.',
      TOLD_OWNERS,
    ],
    verb: 'Suspend',
    isDangerous: true,
    path: at('suspend'),
    done: changed(`${name} is suspended.`),
  };
  const restore: Act = {
    title: `Restore ${name}`,
    effects: [
      'Sessions, API keys and invitations that did not expire work again.',
      ...(tenant.deletionAt === null ? [] : ['Its deletion is called off.']),
      TOLD_OWNERS,
    ],
    verb: 'Restore',
    path: at('restore'),
    done: changed(`${name} is active again.`),
  };
  const remove: Act = {
    title: `Delete ${name}`,
    effects: [
      'From now on nobody reaches the tenant.',
      'After 14 days it is erased with everything but its audit trail. Until then the deletion can be called off.',
      'Its people keep their accounts.',
      TOLD_OWNERS,
    ],
    verb: 'Delete',
    isDangerous: true,
    confirmation: tenant.slug,
    path: at('delete'),
    done: ({ changed: isChanged, deletionAt }) =>
      isChanged === false || !deletionAt ? UNCHANGED : `${name} will be erased at ${timeOf(deletionAt)}.`,
  };
  const keep: Act = {
    title: `Call the deletion of ${name} off`,
    effects: ['It will not be erased. It stays suspended until it is restored.', TOLD_OWNERS],
    verb: 'Call off',
    path: at('undelete'),
    done: changed(`${name} will not be erased.`),
  };
  const first = tenant.status === 'active' ? suspend : restore;
  return [first, tenant.deletionAt === null ? remove : keep];
}

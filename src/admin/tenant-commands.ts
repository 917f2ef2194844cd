import { OperatorTargets } from '../modules/operators/operator-targets.service.js';
import { TenantDeletionService } from '../modules/operators/tenant-deletion.service.js';
import { TenantSuspensionService } from '../modules/operators/tenant-suspension.service.js';
import type { Command } from './command.js';

/** What operators do to a tenant. */
export const TENANT_COMMANDS: Command[] = [
  {
    usage: 'tenant suspend <tenant>',
    summary: 'from now on nobody reaches the tenant, at any contract; nothing is revoked',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).tenantId(whom);
      return { changed: await app.get(TenantSuspensionService).suspend(id, act) };
    },
  },
  {
    usage: 'tenant restore <tenant>',
    summary: 'undoes it, and calls a deletion off',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).tenantId(whom);
      return { changed: await app.get(TenantSuspensionService).restore(id, act) };
    },
  },
  {
    usage: 'tenant delete <tenant>',
    summary: 'suspends the tenant, and erases it 14 days later',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).tenantId(whom);
      const deletionAt = await app.get(TenantDeletionService).request(id, act);
      return { changed: deletionAt !== null, ...(deletionAt && { deletionAt }) };
    },
  },
  {
    usage: 'tenant undelete <tenant>',
    summary: 'calls the deletion off; the tenant stays suspended',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).tenantId(whom);
      return { changed: await app.get(TenantDeletionService).cancel(id, act) };
    },
  },
];

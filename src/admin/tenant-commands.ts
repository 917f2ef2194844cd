import type { Command } from './command.js';
import { operatorTargets, tenantDeletion, tenantSuspension } from './services.js';

/** What operators do to a tenant. */
export const TENANT_COMMANDS: Command[] = [
  {
    usage: 'tenant suspend <tenant>',
    summary: 'from now on nobody reaches the tenant, at any contract; nothing is revoked',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).tenantId(whom);
      return { changed: await (await tenantSuspension(app)).suspend(id, act) };
    },
  },
  {
    usage: 'tenant restore <tenant>',
    summary: 'undoes it, and calls a deletion off',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).tenantId(whom);
      return { changed: await (await tenantSuspension(app)).restore(id, act) };
    },
  },
  {
    usage: 'tenant delete <tenant>',
    summary: 'suspends the tenant, and erases it 14 days later',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).tenantId(whom);
      const deletionAt = await (await tenantDeletion(app)).request(id, act);
      return { changed: deletionAt !== null, ...(deletionAt && { deletionAt }) };
    },
  },
  {
    usage: 'tenant undelete <tenant>',
    summary: 'calls the deletion off; the tenant stays suspended',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).tenantId(whom);
      return { changed: await (await tenantDeletion(app)).cancel(id, act) };
    },
  },
];

import { OperatorTargets } from '../modules/operators/operator-targets.service.js';
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
    summary: 'undoes it',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).tenantId(whom);
      return { changed: await app.get(TenantSuspensionService).restore(id, act) };
    },
  },
];

import { UsageError } from '../boot/run-command.js';
import type { TenantRecord } from '../modules/operators/tenant-records.repository.js';
import type { Command } from './command.js';
import { checkPages, more, PAGE_OPTIONS, readPages, ROWS } from './pages.js';
import { operatorTargets, records, tenantDeletion, tenantSuspension } from './services.js';
import { list, table } from './table.js';

const STATUSES: unknown[] = ['active', 'suspended'];

/** Tenants, and what operators do to them. */
export const TENANT_COMMANDS: Command[] = [
  {
    usage: 'tenant list',
    summary:
      'in the order of their creation; --search TEXT, a part of the name or slug; --status active or suspended',
    explained: false,
    options: { ...PAGE_OPTIONS, search: { type: 'string' }, status: { type: 'string' } },
    check: (options) => {
      checkPages(options, ROWS);
      if (options.status !== undefined && !STATUSES.includes(options.status))
        throw new UsageError(`--status is ${STATUSES.join(' or ')}.`);
    },
    run: async (app, { options }) => {
      const reader = await records(app);
      const { search = null, status = null } = options as Partial<
        Pick<TenantRecord, 'status'> & { search: string }
      >;
      const { data, nextCursor } = await readPages(options, ROWS, (page) =>
        reader.listTenants({ search, status }, page),
      );
      return { tenants: data, nextCursor };
    },
    describe: (result) =>
      table(result.tenants as TenantRecord[], ['id', 'slug', 'status', 'createdAt', 'deletionAt', 'name']) +
      more(result),
  },
  {
    usage: 'tenant show <tenant>',
    summary: 'with the number of its members',
    explained: false,
    run: async (app, { operands: [whom = ''] }) => {
      const id = await (await operatorTargets(app)).tenantId(whom);
      return { ...(await (await records(app)).readTenant(id)) };
    },
    describe: list,
  },
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

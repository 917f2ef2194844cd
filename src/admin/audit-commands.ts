import { validate as isUuid } from 'uuid';
import { UsageError } from '../boot/run-command.js';
import { readTime } from '../config/validators.js';
import { actionsOf } from '../modules/audit/audit-actions.js';
import type { AuditRecord } from '../modules/operators/audit-records.repository.js';
import type { Command } from './command.js';
import { checkPages, EVENTS, more, PAGE_OPTIONS, readPages } from './pages.js';
import { operatorTargets, records, viewer } from './services.js';
import { table } from './table.js';

const TEXT = { type: 'string' } as const;
const COLUMNS = ['occurredAt', 'tenantId', 'actorKind', 'actorId', 'action', 'outcome'] as const;

/** The trails of all tenants, and that of operators. */
export const AUDIT_COMMANDS: Command[] = [
  {
    usage: 'audit list',
    summary:
      'events, newest first: --tenant TENANT, or --platform for those of no tenant; --person, --actor ID, --action, --since TIME',
    explained: false,
    options: {
      ...PAGE_OPTIONS,
      ...{ tenant: TEXT, platform: { type: 'boolean', default: false } },
      ...{ person: TEXT, actor: TEXT, action: TEXT, since: TEXT },
    },
    check: checkOptions,
    run: async (app, { options }) => {
      const { tenant, person, actor, action, since } = options as Record<string, string | undefined>;
      const [reader, targets] = [await records(app), await operatorTargets(app)];
      // An id tells nothing of a person; whoever names an address learns who has it
      const personOf = async (text: string) =>
        isUuid(text) ? text : (await reader.findPerson(await viewer(), text)).id;
      const query = {
        ...(options.platform === true && { tenantId: null }),
        ...(tenant !== undefined && { tenantId: await targets.tenantId(tenant) }),
        ...(person !== undefined && { partyId: await personOf(person) }),
        ...(actor !== undefined && { actorId: actor }),
        ...(action !== undefined && { actions: actionsOf(action) }),
        ...(since !== undefined && { since: readTime(since) ?? undefined }),
      };
      const { data, nextCursor } = await readPages(options, EVENTS, (page) => reader.listEvents(query, page));
      return { events: data, nextCursor };
    },
    describe: (result) =>
      table(result.events as AuditRecord[], [
        ...COLUMNS,
        ...(['targetKind', 'targetId', 'address', 'detail'] as const),
      ]) + more(result),
  },
];

function checkOptions(options: Record<string, unknown>): void {
  const { tenant, platform, actor, action, since } = options;
  checkPages(options, EVENTS);
  if (platform === true && tenant !== undefined)
    throw new UsageError('--platform does not go with --tenant.');
  if (actor !== undefined && !isUuid(actor)) throw new UsageError('--actor is an id.');
  if (typeof action === 'string' && actionsOf(action).length === 0)
    throw new UsageError(`There is no action ${action}: one is user.blocked, a group of them is user.`);
  if (typeof since === 'string' && readTime(since) === null)
    throw new UsageError('--since is a time such as 2026-01-15T08:00:00Z.');
}

import { Injectable } from '@nestjs/common';
import { type Caller, identityOf, NoActiveTenant } from '../../common/actor.js';
import { type Page, toPageBy } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import { AuditService } from './audit.service.js';
import { auditActorOf } from './audit-actor.js';
import { AuditTrailRepository, type EventsQuery } from './audit-trail.repository.js';
import { type EventPlace, type EventsPageRequest, toEventCursor } from './event-place.js';
import type { AuditFilter, ListedEvent, PlacedEvent } from './listed-event.js';

const EXPORT_PAGE = 500;

type TenantQuery = EventsQuery & { tenantId: string };

/** Reads the audit trail of the caller's active tenant, and only of that tenant. */
@Injectable()
export class AuditTrailService {
  constructor(
    private readonly database: Database,
    private readonly events: AuditTrailRepository,
    private readonly audit: AuditService,
  ) {}

  /** Newest first. */
  async list(caller: Caller, filter: AuditFilter, page: EventsPageRequest): Promise<Page<ListedEvent>> {
    const tenantId = tenantOf(caller);
    const { after, limit } = page;
    const rows = await this.read({ tenantId, filter, order: 'newest first', after, limit: limit + 1 });
    return toPageBy(rows, limit, toEventCursor);
  }

  /**
   * Exports every event up to this moment, oldest first. Each page is read on demand in its own transaction: a consumer
   * may stop at any time and leaves nothing open. The event of the export itself is committed before this returns, and
   * is not part of the export.
   */
  async export(caller: Caller, filter: AuditFilter): Promise<AsyncGenerator<ListedEvent[]>> {
    const tenantId = tenantOf(caller);
    const before = await this.recordExport(caller, tenantId, filter);
    return this.pages({ tenantId, filter, order: 'oldest first', before, limit: EXPORT_PAGE });
  }

  private async *pages(query: Omit<TenantQuery, 'after'>): AsyncGenerator<ListedEvent[]> {
    let after: EventPlace | null = null;
    for (;;) {
      const page: PlacedEvent[] = await this.read({ ...query, after });
      if (page.length > 0) yield page;
      after = page.at(-1) ?? null;
      if (page.length < EXPORT_PAGE) return;
    }
  }

  private read({ tenantId, ...query }: TenantQuery): Promise<PlacedEvent[]> {
    return this.events.list(this.database.readsOf(tenantId), query);
  }

  /** Returns the time of the event with the database's full precision, which a Date does not have. */
  private recordExport(caller: Caller, tenantId: string, filter: AuditFilter): Promise<string> {
    return this.database.inTenant(tenantId, async (tx) => {
      const actor = auditActorOf(caller);
      await this.audit.record(tx, caller.origin, {
        action: 'audit.exported',
        tenantId,
        actorId: actor.id,
        actorKind: actor.kind,
        target: { kind: 'tenant', id: tenantId },
        detail: { ...filter },
      });
      return this.events.readTime(tx);
    });
  }
}

function tenantOf(caller: Caller): string {
  const { membership } = identityOf(caller);
  if (!membership) throw new NoActiveTenant();
  return membership.tenant.id;
}

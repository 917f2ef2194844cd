import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Queries } from '../../database/queries.js';
import type { AuditEvent } from './audit-event.js';
import { AuditEventsRepository } from './audit-events.repository.js';

export type { AuditAction } from './audit-actions.js';
export type { ActorKind, AuditEvent } from './audit-event.js';

/** Records who did what. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditEventsRepository) {}

  /** Writes the event in the caller's transaction: the event is committed if and only if the recorded change is. */
  async record(tx: Queries, origin: RequestOrigin, event: AuditEvent): Promise<void> {
    await this.events.insert(tx, event, origin);
  }

  /** As `record`, in one statement for all. */
  async recordAll(tx: Queries, origin: RequestOrigin, events: AuditEvent[]): Promise<void> {
    await this.events.insertAll(
      tx,
      events.map((event) => ({ event, origin, age: 0 })),
    );
  }
}

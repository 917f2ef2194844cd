import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { v7 as newId } from 'uuid';
import { addressBlock, type RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { INSERT_EVENTS } from './audit.queries.js';
import { type Denial, DenialSummary, type Sum } from './denial-summary.js';

const WRITE_INTERVAL_MS = 2_000;
const REST_MS = 60_000;
const MAX_SUBJECTS = 1_000;

/**
 * Writes denials into the trail beside the requests that met them, as sums, so that nobody can fill the table: of one
 * action and one subject (the actor, else the key or account it was about, else the address block) a row a minute and
 * server at most. The first is there within seconds, the later ones of its minute together in the next row. Beyond
 * MAX_SUBJECTS at once the rest of an action shares a row that names nobody. What has come together is written when
 * the server stops.
 */
@Injectable()
export class DenialAudit implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('DenialAudit');
  private readonly summaries = new Map<string, DenialSummary>();
  private unwritten: Sum[] = [];
  private readonly awaited = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), WRITE_INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await Promise.all(this.awaited);
    await this.write();
    // What is resting, too: there is no later
    await this.write({ all: true });
  }

  /** Takes no time of the request's and never throws. */
  note(denial: Denial, origin: RequestOrigin): void {
    const { action, tenantId, actor, userId, keyId } = denial;
    const subject = actor?.id ?? keyId ?? userId ?? addressBlock(origin.address);
    const key = [action, tenantId, subject].join(' ');
    const known = this.summaries.get(key);
    if (known) known.add(denial, origin, performance.now());
    else if (this.summaries.size < MAX_SUBJECTS) this.start(key, denial, denial, origin);
    else this.noteCrowd(denial, origin);
  }

  /** As `note`, for a denial of which something is still being looked up. The promise does not fail. */
  noteLater(denial: Promise<Denial>, origin: RequestOrigin): void {
    const noted = denial.then((found) => this.note(found, origin)).finally(() => this.awaited.delete(noted));
    this.awaited.add(noted);
  }

  /** One after the other; a failure is tried again with the next. */
  write({ all = false } = {}): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (this.unwritten.length === 0) this.unwritten = this.takeSums(performance.now(), all);
      if (this.unwritten.length === 0) return;
      try {
        await this.database.managerAcrossTenants.query(INSERT_EVENTS, [
          JSON.stringify(this.unwritten.map(toRow)),
        ]);
        this.unwritten = [];
      } catch (error) {
        this.logger.warn(`Denials wait to be written: ${String((error as Error).message)}`);
      }
    });
    return this.writing;
  }

  private noteCrowd(denial: Denial, origin: RequestOrigin): void {
    const nobody = { address: 'many', userAgent: null, requestId: origin.requestId };
    const crowd = { action: denial.action, tenantId: null, actor: null };
    const known = this.summaries.get(denial.action);
    if (known) known.add(denial, nobody, performance.now());
    else this.start(denial.action, crowd, denial, nobody);
  }

  private start(key: string, about: Omit<Denial, 'code'>, denial: Denial, origin: RequestOrigin): void {
    const summary = new DenialSummary(about);
    summary.add(denial, origin, performance.now());
    this.summaries.set(key, summary);
  }

  private takeSums(now: number, all: boolean): Sum[] {
    const sums: Sum[] = [];
    for (const [key, summary] of this.summaries) {
      const isRested = summary.isRested(now, REST_MS);
      if (summary.isEmpty && isRested) this.summaries.delete(key);
      else if (!summary.isEmpty && (isRested || all)) sums.push(summary.take(now));
    }
    return sums;
  }
}

/** Its time is its age at the insert, so that no clock but the database's counts. */
function toRow({ event, origin, lastAt }: Sum): object {
  return {
    id: newId(),
    tenant_id: event.tenantId,
    actor_kind: event.actorKind,
    actor_id: event.actorId,
    action: event.action,
    outcome: event.outcome,
    target_kind: event.target?.kind ?? null,
    target_id: event.target?.id ?? null,
    address: origin.address,
    user_agent: origin.userAgent,
    request_id: origin.requestId,
    detail: event.detail,
    age: (performance.now() - lastAt) / 1000,
  };
}

import { performance } from 'node:perf_hooks';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { addressBlock, type RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { type Denial, DenialSummary, type Sum } from './denial-summary.js';

const WRITE_INTERVAL_MS = 2_000;
const ROW_INTERVAL_MS = 60_000;
const MAX_SUBJECTS = 1_000;

/**
 * Writes denials to the audit trail, outside the denied requests and summed up, so that nobody can fill the table. One
 * action and one subject (the actor, else the API key or account concerned, else the address block) get at most one row
 * per minute and server. The first denial is written within seconds; later ones of the same minute are summed up in the
 * next row. If there are more than MAX_SUBJECTS at a time, the others share one row per action without actor, tenant
 * and address. Everything not yet written is written when the server stops.
 */
@Injectable()
export class DenialAudit implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('DenialAudit');
  private readonly summaries = new Map<string, DenialSummary>();
  private unwritten: Sum[] = [];
  private readonly awaited = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly events: AuditEventsRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), WRITE_INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await Promise.all(this.awaited);
    await this.write();
    // Also those whose interval has not passed: this is the last chance to write them
    await this.write({ all: true });
  }

  /** Counts the denial in memory. Does no I/O and never throws. */
  note(denial: Denial, origin: RequestOrigin): void {
    const { action, tenantId, actor, userId, keyId, serviceAccountId } = denial;
    const subject = actor?.id ?? keyId ?? serviceAccountId ?? userId ?? addressBlock(origin.address);
    const key = [action, tenantId, subject].join(' ');
    const known = this.summaries.get(key);
    if (known) known.add(denial, origin, performance.now());
    else if (this.summaries.size < MAX_SUBJECTS) this.start(key, denial, denial, origin);
    else this.noteOverflow(denial, origin);
  }

  /** As `note`, once the promise resolves; the shutdown waits for it. The promise must not reject. */
  noteLater(denial: Promise<Denial>, origin: RequestOrigin): void {
    const noted = denial
      .then((resolved) => this.note(resolved, origin))
      .finally(() => this.awaited.delete(noted));
    this.awaited.add(noted);
  }

  /** Calls run one after the other. Rows that could not be written are kept for the next call. */
  write({ all = false } = {}): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (this.unwritten.length === 0) this.unwritten = this.takeSums(performance.now(), all);
      if (this.unwritten.length === 0) return;
      try {
        const now = performance.now();
        await this.events.insertAll(
          this.database.autocommitAcrossTenants,
          this.unwritten.map((sum) => ({ ...sum, age: (now - sum.lastAt) / 1000 })),
        );
        this.unwritten = [];
      } catch (error) {
        this.logger.warn(`Denials wait to be written: ${String((error as Error).message)}`);
      }
    });
    return this.writing;
  }

  private noteOverflow(denial: Denial, origin: RequestOrigin): void {
    const manyOrigins = { address: 'many', userAgent: null, requestId: origin.requestId };
    const manySubjects = { action: denial.action, tenantId: null, actor: null };
    const known = this.summaries.get(denial.action);
    if (known) known.add(denial, manyOrigins, performance.now());
    else this.start(denial.action, manySubjects, denial, manyOrigins);
  }

  private start(key: string, about: Omit<Denial, 'code'>, denial: Denial, origin: RequestOrigin): void {
    const summary = new DenialSummary(about);
    summary.add(denial, origin, performance.now());
    this.summaries.set(key, summary);
  }

  private takeSums(now: number, all: boolean): Sum[] {
    const sums: Sum[] = [];
    for (const [key, summary] of this.summaries) {
      const isDue = summary.isDue(now, ROW_INTERVAL_MS);
      if (summary.isEmpty && isDue) this.summaries.delete(key);
      else if (!summary.isEmpty && (isDue || all)) sums.push(summary.take(now));
    }
    return sums;
  }
}

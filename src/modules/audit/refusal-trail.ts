import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { v7 as newId } from 'uuid';
import { addressBlock, type Client } from '../../common/client.js';
import { Database } from '../../database/database.js';
import { INSERT_EVENTS } from './audit.queries.js';
import { type Refusal, RefusalTally, type Sum } from './refusal-tally.js';

const WRITE_INTERVAL_MS = 2_000;
const REST_MS = 60_000;
const MAX_SUBJECTS = 1_000;

/**
 * Writes refusals into the trail beside the requests that met them, as sums, so that nobody can fill the table: of one
 * action and one subject (the actor, else the key or account it was about, else the address block) a row a minute and
 * server at most. The first is there within seconds, the later ones of its minute together in the next row. Beyond
 * MAX_SUBJECTS at once the rest of an action shares a row that names nobody. What has come together is written when
 * the server stops.
 */
@Injectable()
export class RefusalTrail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('RefusalTrail');
  private readonly tallies = new Map<string, RefusalTally>();
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
  note(refusal: Refusal, client: Client): void {
    const { action, tenantId, actor, userId, keyId } = refusal;
    const subject = actor?.id ?? keyId ?? userId ?? addressBlock(client.address);
    const key = [action, tenantId, subject].join(' ');
    const known = this.tallies.get(key);
    if (known) known.add(refusal, client, performance.now());
    else if (this.tallies.size < MAX_SUBJECTS) this.start(key, refusal, refusal, client);
    else this.noteCrowd(refusal, client);
  }

  /** As `note`, for a refusal of which something is still being looked up. The promise does not fail. */
  noteLater(refusal: Promise<Refusal>, client: Client): void {
    const noted = refusal.then((found) => this.note(found, client)).finally(() => this.awaited.delete(noted));
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
        this.logger.warn(`Refusals wait to be written: ${String((error as Error).message)}`);
      }
    });
    return this.writing;
  }

  private noteCrowd(refusal: Refusal, client: Client): void {
    const nobody = { address: 'many', userAgent: null, requestId: client.requestId };
    const crowd = { action: refusal.action, tenantId: null, actor: null };
    const known = this.tallies.get(refusal.action);
    if (known) known.add(refusal, nobody, performance.now());
    else this.start(refusal.action, crowd, refusal, nobody);
  }

  private start(key: string, about: Omit<Refusal, 'code'>, refusal: Refusal, client: Client): void {
    const tally = new RefusalTally(about);
    tally.add(refusal, client, performance.now());
    this.tallies.set(key, tally);
  }

  private takeSums(now: number, all: boolean): Sum[] {
    const sums: Sum[] = [];
    for (const [key, tally] of this.tallies) {
      const isRested = tally.isRested(now, REST_MS);
      if (tally.isEmpty && isRested) this.tallies.delete(key);
      else if (!tally.isEmpty && (isRested || all)) sums.push(tally.take(now));
    }
    return sums;
  }
}

/** Its time is its age at the insert, so that no clock but the database's counts. */
function toRow({ event, client, lastAt }: Sum): object {
  return {
    id: newId(),
    tenant_id: event.tenantId,
    actor_kind: event.actorKind,
    actor_id: event.actorId,
    action: event.action,
    outcome: event.outcome,
    target_kind: event.target?.kind ?? null,
    target_id: event.target?.id ?? null,
    address: client.address,
    user_agent: client.userAgent,
    request_id: client.requestId,
    detail: event.detail,
    age: (performance.now() - lastAt) / 1000,
  };
}

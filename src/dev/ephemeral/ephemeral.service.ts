import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../common/app-error.js';
import { EPHEMERAL_DATABASE, type EphemeralDatabase } from '../../common/ephemeral.js';
import { SigningKeysService } from '../../modules/sessions/signing-keys.service.js';
import { Faults, type PendingFault } from './faults.js';
import { ShiftedDate } from './shifted-date.js';

/** What a test suite may do to an ephemeral server. One call at a time. */
@Injectable()
export class EphemeralService implements OnModuleInit, OnApplicationShutdown {
  private readonly faults = new Faults();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(EPHEMERAL_DATABASE) private readonly database: EphemeralDatabase,
    @Inject(ThrottlerStorage) private readonly limits: ThrottlerStorage,
    private readonly signingKeys: SigningKeysService,
  ) {}

  onModuleInit(): void {
    this.fastify.addHook('onRequest', (request, reply) => this.faults.strike(request, reply));
  }

  onApplicationShutdown(): void {
    ShiftedDate.set(0);
  }

  /** The rows of the seed, the time of the machine, no fault, and limits that nobody has used. */
  reset(): Promise<void> {
    return this.inTurn(async () => {
      this.faults.clear();
      await this.database.restore();
      await this.setAhead(0);
      // Its own method for what nothing counts any more: in infinity, that is everything
      if (this.limits instanceof ThrottlerStorageService)
        (this.limits as unknown as { evictIdleRecords(now: number): void }).evictIdleRecords(Infinity);
    });
  }

  /** Never back: what was issued would get a future. */
  moveClock({ advanceSeconds, now }: { advanceSeconds?: number; now?: string }): Promise<number> {
    return this.inTurn(async () => {
      const step = now === undefined ? (advanceSeconds ?? 0) * 1000 : Date.parse(now) - Date.now();
      // Not a number: a form of ISO 8601 that Date does not read, such as 2027-W10-1
      if (!(step >= 0) || (now !== undefined && advanceSeconds !== undefined))
        throw invalid('now', CLOCK_RULE);
      const ahead = ShiftedDate.get() + step;
      await this.setAhead(ahead);
      return ahead;
    });
  }

  async addFault(fault: Omit<PendingFault, 'route'>): Promise<readonly PendingFault[]> {
    const ends = [fault.code, fault.status, fault.reset].filter((one) => one !== undefined && one !== false);
    if (ends.length > 1 || (ends.length === 0 && fault.delayMs === undefined))
      throw invalid('code', FAULT_RULE);
    const route = (await this.routesOf(fault.contract)).get(fault.operation);
    if (route === undefined)
      throw invalid('operation', `is no operationId of /openapi/${fault.contract}.json`);
    this.faults.add({ ...fault, route });
    return this.faults.list();
  }

  listFaults(): readonly PendingFault[] {
    return this.faults.list();
  }

  private async setAhead(milliseconds: number): Promise<void> {
    await this.database.shiftClock(milliseconds);
    ShiftedDate.set(milliseconds);
    // Keys that seem to be read long ago sign nothing
    await this.signingKeys.refresh();
  }

  /** By operation id, from the document that the server publishes. */
  private async routesOf(contract: string): Promise<Map<string, string>> {
    const url = `/openapi/${contract}.json`;
    const response = await this.fastify.inject({ url, headers: { host: 'localhost' } });
    if (response.statusCode !== 200) return new Map();
    const { paths } = response.json<{ paths: Record<string, Record<string, { operationId?: string }>> }>();
    return new Map(
      Object.entries(paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, { operationId = '' }]): [string, string] => [
          operationId,
          `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
        ]),
      ),
    );
  }

  private get fastify(): FastifyInstance {
    return this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

const CLOCK_RULE =
  'Give `advanceSeconds`, or `now` that is not before the time of the server; `POST /dev/reset` goes back.';
const FAULT_RULE = 'Give one of `code`, `status` and `reset`, or `delayMs` alone.';

function invalid(member: string, detail: string): AppError {
  return new AppError('validation_failed', { errors: [{ pointer: `#/${member}`, code: 'invalid', detail }] });
}

import type { Worker } from 'node:cluster';
import { ThrottlerStorageService } from '@nestjs/throttler';
import { asMessage, type Question, tell } from '../../common/workers.js';

/** A worker that does not answer is left out of a page of metrics. */
const READING_WITHIN_MS = 2_000;

interface Collection {
  readings: unknown[];
  awaited: Set<number>;
  finish: () => void;
}

/** Answers the questions of workers, in their primary: counts route limits for all, and collects their metrics. */
export class Switchboard {
  private readonly limits = new ThrottlerStorageService();
  private readonly collections = new Map<number, Collection>();
  private collected = 0;

  constructor(private readonly workers: () => Worker[]) {}

  connect(worker: Worker): void {
    worker.on('message', (sent: unknown) => {
      const message = asMessage(sent);
      if (message?.kind === 'reading') this.take(message.id, worker.id, message.content);
      if (message?.kind !== 'question') return;
      void this.answer(worker, message.content as Question).then((content) =>
        tell(worker, { kind: 'answer', id: message.id, content }),
      );
    });
    worker.on('exit', () => {
      for (const id of this.collections.keys()) this.take(id, worker.id, null);
    });
  }

  close(): void {
    this.limits.onApplicationShutdown();
  }

  private answer(worker: Worker, question: Question): Promise<unknown> {
    if (question.topic === 'metrics') return this.collect(worker);
    return this.limits.increment(...(question.limit as Parameters<ThrottlerStorageService['increment']>));
  }

  private collect(asker: Worker): Promise<unknown[]> {
    const others = this.workers().filter((worker) => worker !== asker && worker.isConnected());
    if (others.length === 0) return Promise.resolve([]);
    const id = (this.collected += 1);
    return new Promise((resolve) => {
      const readings: unknown[] = [];
      const finish = () => {
        clearTimeout(timer);
        this.collections.delete(id);
        resolve(readings);
      };
      const timer = setTimeout(finish, READING_WITHIN_MS);
      this.collections.set(id, { readings, awaited: new Set(others.map((worker) => worker.id)), finish });
      for (const worker of others) tell(worker, { kind: 'read', id, content: null });
    });
  }

  private take(id: number, workerId: number, reading: unknown): void {
    const collection = this.collections.get(id);
    if (!collection?.awaited.delete(workerId)) return;
    if (reading !== null) collection.readings.push(reading);
    if (collection.awaited.size === 0) collection.finish();
  }
}

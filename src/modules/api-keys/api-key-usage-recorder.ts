import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';

/**
 * Uses within it are written as one entry. Longer than from one flush to the next: there are several of a key only after
 * flushes that failed, and then each may be one of another day.
 */
const SPAN_MS = 3_600_000;

/** Uses of one key within a span. The times are of the clock `performance`, which nobody sets. */
interface PendingUses {
  keyId: string;
  requests: number;
  lastUsedAt: number;
}

/** Counts the uses of keys in memory and writes them periodically, all in one statement; a request writes nothing. */
@Injectable()
export class ApiKeyUsageRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('ApiKeyUsageRecorder');
  private readonly pending = new Map<string, PendingUses>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly usage: ApiKeyUsageRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    const interval = this.config.API_KEY_USAGE_FLUSH_SECONDS * 1000;
    this.timer = setInterval(() => void this.flush(), interval).unref();
  }

  /** Runs after the last request and before the database connection closes: an orderly stop loses no count. */
  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.flush();
  }

  record(keyId: string): void {
    this.add({ keyId, requests: 1, lastUsedAt: performance.now() });
  }

  /** Writes the counts so far. Counts that could not be written are kept for the next flush. Never rejects. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const uses = [...this.pending.values()];
    this.pending.clear();
    if (uses.length === 0) return;
    try {
      const now = performance.now();
      await this.usage.record(
        uses.map(({ keyId, requests, lastUsedAt }) => ({ keyId, requests, ageMs: now - lastUsedAt })),
      );
    } catch (error) {
      for (const use of uses) this.add(use);
      this.logger.warn(`The use of API keys waits to be written: ${String((error as Error).message)}`);
    }
  }

  private add(use: PendingUses): void {
    const keyAndSpan = `${use.keyId}/${Math.floor(use.lastUsedAt / SPAN_MS)}`;
    const { requests = 0, lastUsedAt = use.lastUsedAt } = this.pending.get(keyAndSpan) ?? {};
    const latest = Math.max(lastUsedAt, use.lastUsedAt);
    this.pending.set(keyAndSpan, { ...use, requests: requests + use.requests, lastUsedAt: latest });
  }
}

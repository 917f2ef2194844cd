import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { ApiKeyUsageRepository, type ApiKeyUse } from './api-key-usage.repository.js';

const DAY_MS = 86_400_000;

/** Counts the uses of keys in memory and writes them periodically, all in one statement; a request writes nothing. */
@Injectable()
export class ApiKeyUsageRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('ApiKeyUsageRecorder');
  private readonly pending = new Map<string, ApiKeyUse>();
  private timer: NodeJS.Timeout | null = null;
  private today = { number: NaN, text: '' };
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
    const lastUsedAt = new Date();
    this.add({ keyId, day: this.dayOf(lastUsedAt), requests: 1, lastUsedAt });
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
      await this.usage.record(uses);
    } catch (error) {
      for (const use of uses) this.add(use);
      this.logger.warn(`The use of API keys waits to be written: ${String((error as Error).message)}`);
    }
  }

  /** As the last time, most of the time. */
  private dayOf(time: Date): string {
    const number = Math.floor(time.getTime() / DAY_MS);
    if (number !== this.today.number) this.today = { number, text: time.toISOString().slice(0, 10) };
    return this.today.text;
  }

  private add(use: ApiKeyUse): void {
    const keyAndDay = `${use.keyId}/${use.day}`;
    const { requests = 0, lastUsedAt = use.lastUsedAt } = this.pending.get(keyAndDay) ?? {};
    const latest = lastUsedAt > use.lastUsedAt ? lastUsedAt : use.lastUsedAt;
    this.pending.set(keyAndDay, { ...use, requests: requests + use.requests, lastUsedAt: latest });
  }
}

import type { LoggerService } from '@nestjs/common';
import type { Log } from '../common/log.js';

/** What Nest has to say, in our log; its start-up chatter only at `debug`. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly sink: Log) {}

  log(message: unknown, ...context: unknown[]): void {
    this.sink.write('debug', String(message), { context });
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.sink.write('warn', String(message), { context });
  }

  error(message: unknown, ...context: unknown[]): void {
    this.sink.write('error', String(message), { context });
  }
}

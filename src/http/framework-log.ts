import type { LoggerService } from '@nestjs/common';
import type { Log } from '../common/log.js';

/** An event that the core logs, as fields. */
interface Fact {
  event: string;
}

/** Writes Nest's log to ours: its start-up messages at `debug`, and the core's events as fields. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly sink: Log) {}

  log(message: unknown, ...context: unknown[]): void {
    if (!isFact(message)) return this.sink.write('debug', String(message), { context });
    const { event, ...fields } = message;
    this.sink.write('info', event, fields);
  }

  warn(message: unknown, ...context: unknown[]): void {
    if (!isFact(message)) return this.sink.write('warn', String(message), { context });
    const { event, ...fields } = message;
    this.sink.write('warn', event, fields);
  }

  error(message: unknown, ...context: unknown[]): void {
    this.sink.write('error', String(message), { context });
  }
}

function isFact(message: unknown): message is Fact {
  return typeof message === 'object' && message !== null && 'event' in message;
}

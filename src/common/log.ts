import { type DestinationStream, type Logger, pino } from 'pino';
import { currentTraceId } from './tracing.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A safeguard only: no code logs these fields. Redacting nested paths would cost ten times the rest of a line. */
const REDACTED = ['password', 'newPassword', 'currentPassword', 'token', 'refreshToken', 'accessToken'];

type Output = DestinationStream & { flushSync(): void };

let output: Output | null = null;

/**
 * Standard output, without waiting for whoever reads it. What is not yet written when the process ends, by itself or by an
 * uncaught error, is written then.
 */
function standardOutput(): Output {
  if (output) return output;
  const opened: Output = pino.destination({ fd: 1, sync: false });
  process.on('exit', () => opened.flushSync());
  return (output = opened);
}

/** Writes JSON lines in UTC to standard output. Input cannot end its line or begin another. */
export class Log {
  private readonly pino: Logger;

  constructor(level: LogLevel | 'silent') {
    const options = {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { cause: describeCause },
    };
    this.pino = pino(options, standardOutput());
  }

  /** Within a trace that is recorded, the line has its id. */
  write(level: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
    const traceId = currentTraceId();
    this.pino[level](traceId === undefined ? fields : { ...fields, traceId }, message);
  }
}

/** Type, message and stack, without the parameter values that a database driver adds to its errors. */
function describeCause(cause: unknown): unknown {
  if (!(cause instanceof Error)) return { message: typeof cause };
  const { code } = cause as { code?: unknown };
  return {
    name: cause.name,
    message: cause.message,
    ...(code !== undefined && { code }),
    stack: cause.stack,
  };
}

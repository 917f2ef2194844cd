import { type Logger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A safeguard only: no code logs these fields. Redacting nested paths would cost ten times the rest of a line. */
const REDACTED = ['password', 'newPassword', 'currentPassword', 'token', 'refreshToken', 'accessToken'];

/** Writes JSON lines in UTC to standard output. Input cannot end its line or begin another. */
export class Log {
  private readonly pino: Logger;

  constructor(level: LogLevel | 'silent') {
    this.pino = pino({
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { cause: describeCause },
    });
  }

  write(level: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
    this.pino[level](fields, message);
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

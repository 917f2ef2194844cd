import { pino, type Logger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A last line of defence: nobody logs these. Nested paths would cost ten times the rest of a line. */
const REDACTED = ['password', 'newPassword', 'currentPassword', 'token', 'refreshToken', 'accessToken'];

/** JSON lines in UTC on standard output; input cannot break out of its line. */
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

/** Type, message and stack; not the statement's values, which a database driver puts beside them. */
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

type Result = 'OK' | 'WARN' | 'FAIL';

/** What the doctor says of one thing. */
export interface Finding {
  check: string;
  result: Result;
  /** What was found; no secret. */
  detail: string;
  /** What to do about it; only where there is something to do. */
  remedy?: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, result: 'OK', detail });
export const warn = (check: string, detail: string, remedy: string): Finding => ({
  check,
  result: 'WARN',
  detail,
  remedy,
});
export const fail = (check: string, detail: string, remedy: string): Finding => ({
  check,
  result: 'FAIL',
  detail,
  remedy,
});

/** The code and the first line of the message of an error. That of a mail server contains what it answered. */
export function describeFailure(error: unknown): string {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  const [line = ''] = message.split('\n');
  return [typeof code === 'string' ? code : '', line.slice(0, 300)].filter((part) => part !== '').join(': ');
}

interface Violation {
  code?: string;
  constraint?: string;
}

/** Another row has the same value, of this constraint or index if one is given. */
export function isUniqueViolation(thrown: unknown, constraint?: string): boolean {
  return violates(thrown, '23505', constraint);
}

/** Another row refers to this one, or this one to a row that does not exist. */
export function isForeignKeyViolation(thrown: unknown, constraint?: string): boolean {
  return violates(thrown, '23503', constraint);
}

/** The row does not satisfy a check constraint. */
export function isCheckViolation(thrown: unknown, constraint?: string): boolean {
  return violates(thrown, '23514', constraint);
}

/** A concurrent transaction has held a lock for longer than the transaction's `lock_timeout`. */
export function isLockTimeout(thrown: unknown): boolean {
  return violates(thrown, '55P03', undefined);
}

function violates(thrown: unknown, state: string, wanted: string | undefined): boolean {
  // TypeORM wraps the error of the driver
  const { driverError = thrown } = (thrown ?? {}) as { driverError?: unknown };
  const { code, constraint } = (driverError ?? {}) as Violation;
  return code === state && (wanted === undefined || constraint === wanted);
}

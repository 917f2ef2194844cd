/** A time as this contract prints it: ISO 8601 in UTC, whole seconds. */
export const toTime = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** The clock of this server, in milliseconds since 1970. */
export type Clock = () => number;
export const CLOCK = Symbol('Clock');

/** Below this, nothing that depends on a clock notices the difference. */
const NOTICEABLE_SECONDS = 2;

/**
 * Seconds by which this server's clock is certainly ahead of the database's; negative if it is behind. The database read
 * its clock between the two times of this server, so a difference within them is none.
 */
export function clockSkewSeconds({
  sentAt,
  answeredAt,
  databaseAt,
}: {
  sentAt: number;
  answeredAt: number;
  databaseAt: number;
}): number {
  const milliseconds = Math.max(0, sentAt - databaseAt) + Math.min(0, answeredAt - databaseAt);
  return milliseconds / 1000;
}

/** What to tell the operator about a skew; null if it is too small to matter. */
export function describeClockSkew(seconds: number): string | null {
  if (Math.abs(seconds) <= NOTICEABLE_SECONDS) return null;
  const [by, where] = [Math.abs(seconds).toFixed(1), seconds > 0 ? 'ahead of' : 'behind'];
  return (
    `The clock of this server is ${by} seconds ${where} the database's. Access tokens and the codes of authenticator ` +
    'apps follow this server, everything stored follows the database: synchronise both.'
  );
}

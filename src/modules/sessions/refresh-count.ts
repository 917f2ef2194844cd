/**
 * Of an UPDATE of `sessions`: counts a refresh, and notes whether it came from elsewhere. A session that is refreshed
 * every hour from one place adds no row to the audit trail: only those with `REFRESH_MOVED` do.
 */
export const countRefresh = (address: string, userAgent: string): string => `
  refresh_count = refresh_count + 1, first_refreshed_at = COALESCE(first_refreshed_at, now()), last_refreshed_at = now(),
  last_address = ${address}, last_user_agent = ${userAgent},
  moved_at = CASE WHEN ${isElsewhere(address, userAgent)} THEN now() ELSE moved_at END`;

/** Over the updated session `s`, in the same statement. */
export const REFRESH_MOVED = 's.moved_at = now()';

/** Before the first refresh, by where the session was opened. */
const isElsewhere = (address: string, userAgent: string): string => `(
  address_block(${address}) <> address_block(COALESCE(last_address, address))
  OR ${userAgent} IS DISTINCT FROM CASE WHEN refresh_count = 0 THEN user_agent ELSE last_user_agent END)`;

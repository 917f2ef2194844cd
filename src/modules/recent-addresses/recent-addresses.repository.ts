/** The addresses of the user's last 100 sessions within 30 days, for other statements. */
export const recentAddressesOf = (user: string) => `(
  SELECT address FROM sessions
  WHERE user_id = ${user} AND operator_id IS NULL AND created_at > now() - interval '30 days' ORDER BY created_at DESC LIMIT 100)`;

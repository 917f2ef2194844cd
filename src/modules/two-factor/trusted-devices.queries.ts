/** Devices per user. The least recently used one is removed. */
const MAX_DEVICES = 20;

/**
 * $1 id, $2 user, $3 tenant or null, $4 user agent, $5 address, $6 seconds. No row if the tenant does not trust
 * devices.
 */
export const TRUST_DEVICE = `
  WITH trusting AS (
    SELECT 1 FROM tenants WHERE id = $3 AND allow_trusted_devices
  ), gone AS (
    DELETE FROM trusted_devices WHERE user_id = $2 AND EXISTS (SELECT 1 FROM trusting) AND (
      expires_at <= now() OR id IN (
        SELECT id FROM trusted_devices WHERE user_id = $2
        ORDER BY last_used_at DESC, id DESC OFFSET ${MAX_DEVICES - 1}))
  )
  INSERT INTO trusted_devices (id, user_id, user_agent, address, expires_at)
  SELECT $1, $2, $4, $5, now() + make_interval(secs => $6) FROM trusting
  RETURNING 1`;

/** $1 id or null, $2 user, $3 tenant or null. A row if the device is the user's and the tenant trusts devices. */
export const RECOGNISE_DEVICE = `
  UPDATE trusted_devices d SET last_used_at = now() FROM tenants t
  WHERE d.id = $1 AND d.user_id = $2 AND d.expires_at > now() AND t.id = $3 AND t.allow_trusted_devices
  RETURNING d.id`;

import { Injectable } from '@nestjs/common';
import { addressBlock } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';

/** A valid id that belongs to no user, so that a null user costs the same look-up. */
const NO_USER_ID = '00000000-0000-0000-0000-000000000000';

/** $1 user. Addresses of the user's last 100 sessions within 30 days. */
const FIND_ADDRESSES: Statement = {
  name: 'find-session-addresses',
  text: `
    SELECT DISTINCT address FROM (
      SELECT address FROM sessions
      WHERE user_id = $1 AND created_at > now() - interval '30 days' ORDER BY created_at DESC LIMIT 100
    ) AS recent`,
};

/**
 * The addresses a user signed in from recently. They authenticate nobody and grant nothing. They reserve a share of the
 * message limit for the account's owner, which requests from other addresses cannot use up.
 */
@Injectable()
export class KnownAddressesService {
  constructor(private readonly database: Database) {}

  /** Returns false for null, after the same statement. */
  async isKnown(userId: string | null, address: string): Promise<boolean> {
    const rows = await this.database.autocommitAcrossTenants.many<{ address: string }>(FIND_ADDRESSES, [
      userId ?? NO_USER_ID,
    ]);
    const block = addressBlock(address);
    return rows.some((row) => addressBlock(row.address) === block);
  }
}

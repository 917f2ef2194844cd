import { Injectable } from '@nestjs/common';
import { addressBlock } from '../../common/request-origin.js';
import { Database, type Statement } from '../../database/database.js';

/** A well-formed id nobody has, so that an unknown person costs the same look-up. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** $1 user. More are not worth the comparing. */
const FIND_ADDRESSES: Statement = {
  name: 'find-session-addresses',
  text: `
    SELECT DISTINCT address FROM (
      SELECT address FROM sessions
      WHERE user_id = $1 AND created_at > now() - interval '30 days' ORDER BY created_at DESC LIMIT 100
    ) AS recent`,
};

/**
 * Where a person signed in from lately. It proves nothing and opens nothing; it keeps a reserve of messages for the
 * owner of an account, which strangers elsewhere cannot use up.
 */
@Injectable()
export class KnownAddressesService {
  constructor(private readonly database: Database) {}

  /** False for nobody (null), after the same statement. */
  async isKnown(userId: string | null, address: string): Promise<boolean> {
    const rows = await this.database.runAcrossTenants<{ address: string }>(FIND_ADDRESSES, [
      userId ?? NOBODY,
    ]);
    const block = addressBlock(address);
    return rows.some((row) => addressBlock(row.address) === block);
  }
}

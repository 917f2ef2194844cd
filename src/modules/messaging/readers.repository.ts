import { Injectable } from '@nestjs/common';
import type { Queries, Statement } from '../../database/queries.js';
import { recentAddressesOf } from '../recent-addresses/recent-addresses.repository.js';
import type { Channel } from './outgoing-message.js';

/** What the reader of a message, and their tenant, have chosen. */
export interface ReaderChoices {
  locale: string | null;
  timeZone: string | null;
  tenantLocale: string | null;
}

/** Who reads a message: the account `userId`, else the one that holds the address or number. */
export interface ReaderQuery {
  channel: Channel;
  to: string;
  userId: string | null;
  tenantId: string | null;
}

/** The choices of those who read messages. */
@Injectable()
export class ReadersRepository {
  /**
   * Of the named tenant, else of the one in which the person worked last, if the transaction sees it. The same work for an
   * unknown recipient.
   */
  async find(queries: Queries, reader: ReaderQuery): Promise<ReaderChoices> {
    return (await queries.one<ReaderChoices>(FIND_CHOICES, valuesOf(reader))) ?? NO_CHOICES;
  }

  /** As `find`, with the recent addresses of an active account that has verified the address or number. */
  async findWithAddresses(
    queries: Queries,
    reader: ReaderQuery,
  ): Promise<ReaderChoices & { recentAddresses: string[] }> {
    const found = await queries.one<ReaderChoices & { recentAddresses: string[] }>(
      FIND_CHOICES_AND_ADDRESSES,
      valuesOf(reader),
    );
    return found ?? { ...NO_CHOICES, recentAddresses: [] };
  }
}

const NO_CHOICES: ReaderChoices = { locale: null, timeZone: null, tenantLocale: null };

function valuesOf({ channel, to, userId, tenantId }: ReaderQuery): unknown[] {
  const [email, phone] = channel === 'email' ? [to, null] : [null, to];
  return [userId, email, phone, tenantId];
}

/** $1 account, or $2 e-mail address or $3 phone number, $4 tenant; each may be null. */
const findChoices = (more = '') => `
    SELECT u.locale, u.time_zone AS "timeZone",
      COALESCE(
        (SELECT t.locale FROM tenants t WHERE t.id = $4::uuid),
        (SELECT t.locale FROM memberships m JOIN tenants t ON t.id = m.tenant_id
         WHERE $4::uuid IS NULL AND m.user_id = u.id AND m.status = 'active'
         ORDER BY m.last_used_at DESC LIMIT 1)) AS "tenantLocale"${more}
    FROM (SELECT 1) always LEFT JOIN LATERAL (
      SELECT id, locale, time_zone, false AS is_verified FROM users WHERE id = $1::uuid
      UNION ALL SELECT id, locale, time_zone, status = 'active' AND email_verified_at IS NOT NULL
        FROM users WHERE $1::uuid IS NULL AND email = $2
      UNION ALL SELECT id, locale, time_zone, status = 'active' AND phone_verified_at IS NOT NULL
        FROM users WHERE $1::uuid IS NULL AND phone = $3
    ) u ON true`;

const FIND_CHOICES: Statement = { name: 'find-reader-choices', text: findChoices() };

const FIND_CHOICES_AND_ADDRESSES: Statement = {
  name: 'find-reader-choices-and-addresses',
  text: findChoices(`,
      ARRAY(SELECT DISTINCT address FROM ${recentAddressesOf('u.id')} AS recent WHERE u.is_verified) AS "recentAddresses"`),
};

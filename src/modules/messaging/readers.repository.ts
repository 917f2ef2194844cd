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

/** A reader by their address or number alone. */
export type Recipient = Pick<ReaderQuery, 'channel' | 'to'>;

/** The choices of a reader, and the addresses from which they have signed in. */
export type KnownReader = ReaderChoices & { recentAddresses: string[] };

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

  /**
   * As `find`, of each of these recipients, with the recent addresses of an active account that has verified the address
   * or number.
   */
  async findAllWithAddresses(queries: Queries, recipients: Recipient[]): Promise<KnownReader[]> {
    const rows = await queries.many<KnownReader & { place: number }>(FIND_CHOICES_AND_ADDRESSES, [
      recipients.map(({ channel, to }) => (channel === 'email' ? to : null)),
      recipients.map(({ channel, to }) => (channel === 'email' ? null : to)),
    ]);
    const byPlace = new Map(rows.map(({ place, ...reader }) => [place, reader]));
    return recipients.map((_, index) => byPlace.get(index + 1) ?? { ...NO_CHOICES, recentAddresses: [] });
  }
}

const NO_CHOICES: ReaderChoices = { locale: null, timeZone: null, tenantLocale: null };

function valuesOf({ channel, to, userId, tenantId }: ReaderQuery): unknown[] {
  const [email, phone] = channel === 'email' ? [to, null] : [null, to];
  return [userId, email, phone, tenantId];
}

/** The tenant in which the account `u` worked last, of those that the transaction sees. */
const LAST_TENANT_LOCALE = `
  SELECT t.locale FROM memberships m JOIN tenants t ON t.id = m.tenant_id
  WHERE m.user_id = u.id AND m.status = 'active' ORDER BY m.last_used_at DESC LIMIT 1`;

/** $1 account, or $2 e-mail address or $3 phone number, $4 tenant; each may be null. */
const FIND_CHOICES: Statement = {
  name: 'find-reader-choices',
  text: `
    SELECT u.locale, u.time_zone AS "timeZone",
      CASE WHEN $4::uuid IS NULL THEN (${LAST_TENANT_LOCALE})
        ELSE (SELECT t.locale FROM tenants t WHERE t.id = $4::uuid) END AS "tenantLocale"
    FROM (SELECT 1) always LEFT JOIN LATERAL (
      SELECT id, locale, time_zone FROM users WHERE id = $1::uuid
      UNION ALL SELECT id, locale, time_zone FROM users WHERE $1::uuid IS NULL AND email = $2
      UNION ALL SELECT id, locale, time_zone FROM users WHERE $1::uuid IS NULL AND phone = $3
    ) u ON true`,
};

/** $1 e-mail addresses, $2 phone numbers: one of both is null. */
const FIND_CHOICES_AND_ADDRESSES: Statement = {
  name: 'find-reader-choices-and-addresses',
  text: `
    SELECT reader.place::int AS place, u.locale, u.time_zone AS "timeZone", (${LAST_TENANT_LOCALE}) AS "tenantLocale",
      ARRAY(SELECT DISTINCT address FROM ${recentAddressesOf('u.id')} AS recent WHERE u.is_verified) AS "recentAddresses"
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS reader (email, phone, place) LEFT JOIN LATERAL (
      SELECT id, locale, time_zone, status = 'active' AND email_verified_at IS NOT NULL AS is_verified
        FROM users WHERE users.email = reader.email
      UNION ALL SELECT id, locale, time_zone, status = 'active' AND phone_verified_at IS NOT NULL
        FROM users WHERE users.phone = reader.phone
    ) u ON true`,
};

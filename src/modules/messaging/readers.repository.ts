import { Injectable } from '@nestjs/common';
import type { Queries, Statement } from '../../database/queries.js';
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
  async find(queries: Queries, { channel, to, userId, tenantId }: ReaderQuery): Promise<ReaderChoices> {
    const [email, phone] = channel === 'email' ? [to, null] : [null, to];
    const choices = await queries.one<ReaderChoices>(FIND_CHOICES, [userId, email, phone, tenantId]);
    return choices ?? { locale: null, timeZone: null, tenantLocale: null };
  }
}

/** $1 account, or $2 e-mail address or $3 phone number, $4 tenant; each may be null. */
const FIND_CHOICES: Statement = {
  name: 'find-reader-choices',
  text: `
    SELECT u.locale, u.time_zone AS "timeZone",
      COALESCE(
        (SELECT t.locale FROM tenants t WHERE t.id = $4::uuid),
        (SELECT t.locale FROM memberships m JOIN tenants t ON t.id = m.tenant_id
         WHERE $4::uuid IS NULL AND m.user_id = u.id AND m.status = 'active'
         ORDER BY m.last_used_at DESC LIMIT 1)) AS "tenantLocale"
    FROM (SELECT 1) always LEFT JOIN LATERAL (
      SELECT id, locale, time_zone FROM users WHERE id = $1::uuid
      UNION ALL SELECT id, locale, time_zone FROM users WHERE $1::uuid IS NULL AND email = $2
      UNION ALL SELECT id, locale, time_zone FROM users WHERE $1::uuid IS NULL AND phone = $3
    ) u ON true`,
};

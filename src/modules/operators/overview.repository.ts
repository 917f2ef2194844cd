import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** Bounds the cost of each count, which ends there. */
const MAX_COUNTED = 10_000;

/** The service at a glance, of all servers on this database. */
export interface Overview {
  tenants: number;
  suspendedTenants: number;
  leavingTenants: number;
  blockedPeople: number;
  waitingEmails: number;
  waitingSms: number;
  /** Of the last hour, as are those below. */
  failedMessages: number;
  signIns: number;
  refusedSignIns: number;
}

/** Counts for operators, each of at most MAX_COUNTED rows that an index finds. */
@Injectable()
export class OverviewRepository {
  constructor(private readonly database: Database) {}

  async read(): Promise<Overview> {
    const { autocommitAcrossTenants: queries } = this.database;
    const [counts, messages, events] = await Promise.all([
      queries.one<Pick<Overview, 'tenants' | 'suspendedTenants' | 'leavingTenants' | 'blockedPeople'>>(
        COUNTS,
        [MAX_COUNTED],
      ),
      queries.one<Pick<Overview, 'waitingEmails' | 'waitingSms' | 'failedMessages'>>(MESSAGES, [MAX_COUNTED]),
      queries.one<Pick<Overview, 'signIns' | 'refusedSignIns'>>(EVENTS, [MAX_COUNTED]),
    ]);
    if (!counts || !messages || !events) throw new Error('A count has no row');
    return { ...counts, ...messages, ...events };
  }
}

const count = (rows: string) => `(SELECT count(*)::int FROM (${rows} LIMIT $1) AS counted)`;

/** $1 the maximum of each. */
const COUNTS = `
  SELECT ${count('SELECT 1 FROM tenants ORDER BY id')} AS tenants,
    ${count(`SELECT 1 FROM tenants WHERE status = 'suspended' ORDER BY id`)} AS "suspendedTenants",
    ${count('SELECT 1 FROM tenants WHERE deletion_at IS NOT NULL ORDER BY deletion_at')} AS "leavingTenants",
    ${count(`SELECT 1 FROM users WHERE status = 'closed' ORDER BY id`)} AS "blockedPeople"`;

const waiting = (channel: string) =>
  count(`SELECT 1 FROM messages WHERE channel = '${channel}' AND status = 'queued'`);

/** $1 the maximum of each, and of the messages among which the failed ones are looked for: the newest. */
const MESSAGES = `
  SELECT ${waiting('email')} AS "waitingEmails", ${waiting('sms')} AS "waitingSms",
    (SELECT count(*)::int FROM (SELECT status, created_at FROM messages ORDER BY created_at DESC LIMIT $1) AS newest
     WHERE status IN ('failed', 'expired') AND created_at > now() - interval '1 hour') AS "failedMessages"`;

/** $1 the maximum of events among which both are looked for: the newest. */
const EVENTS = `
  SELECT count(*) FILTER (WHERE action = 'session.created')::int AS "signIns",
    count(*) FILTER (WHERE action = 'sign_in.refused')::int AS "refusedSignIns"
  FROM (SELECT action, occurred_at FROM audit_events ORDER BY id DESC LIMIT $1) AS newest
  WHERE occurred_at > now() - interval '1 hour'`;

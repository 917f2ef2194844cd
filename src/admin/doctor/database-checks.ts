import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import { APPLICATION_ROLE } from '../../database/application-role.js';
import type { DataSources } from '../../database/data-source.js';
import { Database } from '../../database/database.js';
import { findPending } from '../../database/migrate.js';
import { clockSkewSeconds, describeClockSkew } from '../../modules/health/clock-skew.js';
import { type DatabaseFacts, DiagnosisRepository } from './diagnosis.repository.js';
import { fail, type Finding, ok, warn } from './finding.js';

const OLDEST = 150_000;
const SLOW_MS = 20;
const SAMPLES = 5;
/** Beyond it, codes of authenticator apps are refused: they are valid for one step before and after. */
const INTOLERABLE_SKEW_SECONDS = 30;

/** What can be said of a database that answers. */
export async function checkDatabase({ dataSource, acrossTenants }: DataSources): Promise<Finding[]> {
  const { autocommit } = new Database(dataSource, acrossTenants);
  const repository = new DiagnosisRepository();
  const [next] = await findPending(dataSource);
  if (next !== undefined) {
    const text = `${next} is pending`;
    return [fail('migrations', text, 'Run `npm run migrate`, or start a server with MIGRATE_ON_START.')];
  }
  const facts = await repository.read(autocommit);
  const waits: number[] = [];
  let skew = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const sentAt = Date.now();
    const databaseAt = await repository.readClock(autocommit);
    const answeredAt = Date.now();
    waits.push(answeredAt - sentAt);
    skew = clockSkewSeconds({ sentAt, answeredAt, databaseAt });
  }
  return [
    ok('migrations', 'all are applied'),
    ...judge(facts),
    judgeLatency(waits.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0),
    judgeSkew(skew),
  ];
}

/**
 * Whether a pooler is between. One that got us here keeps a session for each client; it tells clients of a process of its
 * own making, by which a query is cancelled, instead of that of PostgreSQL.
 */
export async function checkPooler(dataSource: DataSource): Promise<Finding> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as ClientBase & { processID?: number };
    const process = await new DiagnosisRepository().readProcess(client);
    return ok(
      'pooler',
      process === client.processID
        ? 'none is seen between'
        : 'one is between, and keeps a session for each client',
    );
  } finally {
    await runner.release();
  }
}

/** By version, encryption, rights and row-level security. */
export function judge(facts: DatabaseFacts): Finding[] {
  const { version, versionText, tls, isLocal, role, bypassesRowSecurity, excessRights, openTables } = facts;
  return [
    version >= OLDEST
      ? ok('database version', `PostgreSQL ${versionText}`)
      : fail('database version', `PostgreSQL ${versionText}`, 'Use PostgreSQL 15 or newer.'),
    tls !== null || isLocal
      ? ok('database encryption', tls ?? 'none, on this machine')
      : warn('database encryption', 'none', 'Add `sslmode=verify-full` to DATABASE_URL (docs/databases.md).'),
    role === APPLICATION_ROLE
      ? ok('database role', `works as ${role}`)
      : warn(
          'database role',
          `works as ${role}, who owns the tables`,
          `Let this user create ${APPLICATION_ROLE}.`,
        ),
    excessRights.length === 0
      ? ok('database rights', 'no more than the server needs')
      : fail('database rights', `may ${excessRights.join(', ')}`, `Revoke these rights from ${role}.`),
    bypassesRowSecurity || openTables.length > 0
      ? fail(
          'row-level security',
          bypassesRowSecurity ? `does not apply to ${role}` : `is off for ${openTables.join(', ')}`,
          'Every tenant could read the rows of others: stop the servers, and restore it (docs/databases.md).',
        )
      : ok('row-level security', 'applies to every table of tenants'),
  ];
}

export function judgeLatency(milliseconds: number): Finding {
  const text = `${milliseconds} ms for a query`;
  if (milliseconds <= SLOW_MS) return ok('database latency', text);
  return warn(
    'database latency',
    text,
    'Place the servers next to the database: a request waits for several queries.',
  );
}

export function judgeSkew(seconds: number): Finding {
  const text = describeClockSkew(seconds);
  if (text === null) return ok('clock', `agrees with the database's to ${Math.abs(seconds).toFixed(1)} s`);
  const isBad = Math.abs(seconds) >= INTOLERABLE_SKEW_SECONDS;
  return (isBad ? fail : warn)('clock', text, 'Run an NTP client on both machines.');
}

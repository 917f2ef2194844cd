import { v7 as newId } from 'uuid';
import { useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { recordStatements } from '../../../test/support/recorded-statements.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { SessionsRepository } from './sessions.repository.js';

const HISTORY = 100_000;
const AGENTS = 1_000;
const OTHERS = 20_000;
const LIMITS = { idleSeconds: 3_600, absoluteSeconds: 7_200, maxPerUser: 3 };

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

const core = useCore([AcceptanceModule], { MAX_SESSIONS_PER_USER: String(LIMITS.maxPerUser) });
const people = new People(core);
let person: Person;

/** The person has had many sessions, by many agents, and all of them were ended. */
beforeAll(async () => {
  person = await people.owner();
  await core.query(
    `INSERT INTO sessions (id, user_id, methods, user_agent, address, created_at, idle_expires_at, expires_at, revoked_at)
     SELECT gen_random_uuid(), $1, '{pwd}', 'agent ' || n % $3, '192.0.2.1', now() - n * interval '1 minute',
       now() - interval '1 day', now() + interval '1 day', now() - interval '1 day'
     FROM generate_series(1, $2::int) AS n`,
    [person.id, HISTORY, AGENTS],
  );
  await core.query(
    `WITH others AS (
       INSERT INTO users (id, first_name, last_name, email)
       SELECT gen_random_uuid(), 'O', 'P', 'other-' || n || '@example.com' FROM generate_series(1, $1::int) AS n
       RETURNING id
     )
     INSERT INTO sessions (id, user_id, methods, user_agent, address, idle_expires_at, expires_at)
     SELECT gen_random_uuid(), id, '{pwd}', 'agent', '192.0.2.1', now() + interval '1 day', now() + interval '1 day'
     FROM others`,
    [OTHERS],
  );
  await core.query('ANALYZE sessions, users');
});

const open = async (tx: Transaction, userAgent: string | null) => {
  const session = { userId: person.id, tenantId: null, methods: ['pwd'] };
  const origin = { ...core.origin(), userAgent };
  const opened = await core.get(SessionsRepository).open(tx, session, origin, LIMITS);
  if (!opened) throw new Error('No session was opened');
  return opened;
};

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** What the statement that opens a session reads of the table, by its plan for any values. */
async function readsOf(userAgent: string): Promise<{ nodes: Plan[]; rows: number }> {
  return core.get(Database).acrossTenants(async (tx) => {
    const texts = recordStatements(tx);
    await open(tx, userAgent);
    const [text = ''] = texts;
    const { idleSeconds, absoluteSeconds, maxPerUser } = LIMITS;
    const session = `'${newId()}', '${person.id}', NULL, '{pwd}', '${userAgent}', '192.0.2.1'`;
    const values = `${session}, ${idleSeconds}, ${absoluteSeconds}, ${maxPerUser}, '${newId()}', 'request', false, false`;
    await tx.execute('SET LOCAL plan_cache_mode = force_generic_plan');
    await tx.execute(`PREPARE opening AS ${text}`);
    const explain = `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE opening (${values})`;
    const explained = await tx.one<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain);
    await tx.execute('DEALLOCATE opening');
    const nodes = nodesOf(explained?.['QUERY PLAN'][0].Plan as Plan).filter(
      (node) => node['Relation Name'] === 'sessions' && node['Node Type'].includes('Scan'),
    );
    const read = nodes.map(
      (node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    );
    return { nodes, rows: read.reduce((sum, rows) => sum + rows, 0) };
  });
}

describe('the session of a person with a long history', () => {
  it.each(['agent 7', 'an unknown agent'])('is opened by looking up a few rows: %s', async (userAgent) => {
    const { nodes, rows } = await readsOf(userAgent);
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    expect(rows).toBeLessThan(20);
  });

  it('comes from a new device if no earlier one had its user agent', async () => {
    const isNew = (userAgent: string | null) =>
      core.get(Database).acrossTenants(async (tx) => (await open(tx, userAgent)).isNewDevice);
    expect(await isNew('agent 7')).toBe(false);
    expect([await isNew('first seen'), await isNew('first seen')]).toEqual([true, false]);
    expect([await isNew(null), await isNew(null)]).toEqual([true, false]);
  });
});

describe('the sign-in of a person with a long history', () => {
  /** Pages that the function reads which admits a sign-in, once its statements are planned. */
  const pagesOf = async (id: string): Promise<number> =>
    core.get(Database).acrossTenants(async (tx) => {
      const admit = `SELECT * FROM admit_sign_in('${id}', NULL, NULL, NULL, NULL, true, 'agent 7', 3, NULL)`;
      await tx.execute(admit);
      const explained = await tx.one<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${admit}`,
      );
      const plan = explained?.['QUERY PLAN'][0].Plan ?? {};
      return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
    });

  it('reads as many pages as that of a person without one', async () => {
    const newcomer = await people.owner();
    const [long, short] = [await pagesOf(person.id), await pagesOf(newcomer.id)];
    expect(short).toBeGreaterThan(0);
    expect(Math.abs(long - short)).toBeLessThanOrEqual(20);
  });
});

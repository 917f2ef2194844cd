import { v7 as newId } from 'uuid';
import { useCore } from '../../test/support/core.js';
import { until } from '../../test/support/until.js';
import { isUnavailable } from '../common/database-failures.js';
import { Database } from './database.js';
import type { Queries } from './queries.js';
import type { Transaction } from './transaction.js';

/** Few connections: a unit of work gets one that another has left. */
const core = useCore([], { DATABASE_POOL_SIZE: '4' });
const [ours, theirs] = [newId(), newId()];
let database: Database;

const tenantsSeen = async (tx: Pick<Queries, 'many'>): Promise<string[]> => {
  const rows = await tx.many<{ id: string }>('SELECT id FROM tenants ORDER BY id');
  return rows.map(({ id }) => id);
};
const READ_SCOPE = `SELECT current_setting('gatehouse.tenant') || $1 AS scope`;

beforeAll(async () => {
  database = core.get(Database);
  await database.acrossTenants(async (tx) => {
    for (const id of [ours, theirs])
      await tx.execute('INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2)', [id, `t-${id}`]);
  });
});

describe('a unit of work', () => {
  it('inside a tenant sees the rows of that tenant and of no other', async () => {
    expect(await database.inTenant(ours, tenantsSeen)).toEqual([ours]);
    expect(await database.inTenant(theirs, tenantsSeen)).toEqual([theirs]);
  });

  it('of no tenant sees the rows of none', async () => {
    expect(await database.transaction(tenantsSeen)).toEqual([]);
    expect(await tenantsSeen(database.autocommit)).toEqual([]);
  });

  it('across tenants sees the rows of all', async () => {
    const all = (await core.query<{ id: string }>('SELECT id FROM tenants ORDER BY id')).map(({ id }) => id);
    expect(all).toEqual(expect.arrayContaining([ours, theirs]));
    expect(await database.acrossTenants(tenantsSeen)).toEqual(all);
    expect(await tenantsSeen(database.autocommitAcrossTenants)).toEqual(all);
  });

  it('leaves its scope to nobody who uses the connection after it, whether it commits or fails', async () => {
    const failure = new Error('rolled back');
    const fails = () => Promise.reject(failure);
    for (let connection = 0; connection < 4; connection += 1) {
      await database.inTenant(ours, tenantsSeen);
      await expect(database.inTenant(ours, fails)).rejects.toBe(failure);
      await expect(database.acrossTenants(fails)).rejects.toBe(failure);
      expect(await database.transaction(tenantsSeen)).toEqual([]);
    }
  });

  it('of one read inside a tenant sees the rows of that tenant only, and leaves its scope to nobody', async () => {
    for (let connection = 0; connection < 4; connection += 1) {
      expect(await tenantsSeen(database.readsOf(ours))).toEqual([ours]);
      expect(await tenantsSeen(database.readsOf(theirs))).toEqual([theirs]);
      expect(await tenantsSeen(database.autocommit)).toEqual([]);
      expect(await database.autocommit.one(READ_SCOPE, [''])).toEqual({ scope: '' });
    }
  });

  it('of one read that fails reports its error each time, and leaves its scope to nobody', async () => {
    const reads = database.readsOf(ours);
    for (let connection = 0; connection < 8; connection += 1) {
      await expect(reads.many('SELECT 1 / $1::int AS no', [0])).rejects.toMatchObject({ code: '22012' });
      await expect(reads.many('SELECT $1::int FROM nowhere', [0])).rejects.toMatchObject({ code: '42P01' });
      expect(await database.autocommit.one(READ_SCOPE, [''])).toEqual({ scope: '' });
    }
    expect(await tenantsSeen(reads)).toEqual([ours]);
  });

  it('of many reads at once, each sees its own tenant', async () => {
    const tenants = Array.from({ length: 40 }, (_, place) => (place % 2 === 0 ? ours : theirs));
    const seen = await Promise.all(tenants.map((id) => tenantsSeen(database.readsOf(id))));
    expect(seen).toEqual(tenants.map((id) => [id]));
  });

  it('inside a tenant writes into no other', async () => {
    const rename = (tx: Transaction) =>
      tx.execute(`UPDATE tenants SET name = 'taken' WHERE id = $1`, [theirs]);
    await database.inTenant(ours, rename);
    const names = await database.inTenant(theirs, (tx) =>
      tx.many<{ name: string }>('SELECT name FROM tenants'),
    );
    expect(names).toEqual([{ name: `t-${theirs}` }]);
  });

  it('runs what was deferred until after its commit once it is committed, and only then', async () => {
    const seen: string[][] = [];
    const id = newId();
    const insert = async (tx: Transaction) => {
      tx.afterCommit(() => seen.push([...names]));
      await tx.execute('INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2)', [id, `t-${id}`]);
      names.push('written');
    };
    const names: string[] = [];
    const failure = new Error('rolled back');
    const fails = async (tx: Transaction) => {
      await insert(tx);
      throw failure;
    };
    await expect(database.acrossTenants(fails)).rejects.toBe(failure);
    expect(seen).toEqual([]);
    await database.acrossTenants(insert);
    expect(seen).toEqual([['written', 'written']]);
  });

  it('runs what was deferred until after a rollback once, and not after a commit', async () => {
    const seen: string[] = [];
    const work = (name: string, failure?: Error) => (tx: Transaction) => {
      tx.afterRollback(() => seen.push(name));
      return failure ? Promise.reject(failure) : Promise.resolve();
    };
    await expect(database.transaction(work('rolled back', new Error('no')))).rejects.toThrow('no');
    await database.transaction(work('committed'));
    expect(seen).toEqual(['rolled back']);
  });

  it('runs what was deferred until before the commit in the order of its texts', async () => {
    const seen: string[] = [];
    await database.transaction((tx) => {
      for (const [name, order] of [['b2', 'b'], ['first'], ['a', 'a'], ['b1', 'b'], ['second']] as const)
        tx.beforeCommit(() => Promise.resolve(void seen.push(name)), order);
      return Promise.resolve();
    });
    expect(seen).toEqual(['first', 'second', 'a', 'b2', 'b1']);
  });
});

describe('a unit of work that finds no connection', () => {
  const impatient = useCore([], { DATABASE_POOL_SIZE: '4', DATABASE_CONNECT_SECONDS: '1' });

  it('is told so while others keep theirs, whom it costs nothing', async () => {
    const own = impatient.get(Database);
    let letGo: () => void = () => undefined;
    const untilLetGo = new Promise<void>((resolve) => (letGo = resolve));
    let holders = 0;
    /** Also on a machine that takes longer than the limit to connect. */
    const hold = async (): Promise<string> => {
      try {
        return await own.transaction(async (tx) => {
          await tx.one('SELECT 1 AS one');
          holders += 1;
          await untilLetGo;
          await tx.one('SELECT 1 AS one');
          return 'committed';
        });
      } catch (error) {
        if (holders === 2 || !isUnavailable(error)) throw error;
        return hold();
      }
    };
    // One half of the connections is for transactions
    const held = [hold(), hold()];
    await until(() => holders === 2);
    const error: unknown = await own.transaction(tenantsSeen).catch((thrown: unknown) => thrown);
    expect(isUnavailable(error)).toBe(true);
    letGo();
    expect(await Promise.all(held)).toEqual(['committed', 'committed']);
    expect(await own.transaction(tenantsSeen)).toEqual([]);
  });
});

describe('the role of the server', () => {
  it('may create nothing, and owns nothing', async () => {
    const [rights] = await database.autocommit.many(
      `SELECT current_user AS "user", has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchemas",
         has_schema_privilege('public', 'CREATE') AS "mayCreateTables",
         (SELECT count(*)::int FROM pg_class WHERE pg_get_userbyid(relowner) = current_user) AS owned`,
    );
    expect(rights).toEqual({
      user: 'gatehouse_app',
      mayCreateSchemas: false,
      mayCreateTables: false,
      owned: 0,
    });
  });
});

describe('work with a last statement', () => {
  const insert = (id: string) =>
    database.acrossTenants(async (tx) => {
      await tx.execute('INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2)', [id, `t-${id}`]);
      return id;
    });
  const exists = async (id: string) =>
    (await core.query('SELECT FROM tenants WHERE id = $1', [id])).length === 1;
  const rename = (tx: Queries, id: string) =>
    tx.execute(`UPDATE tenants SET name = 'last' WHERE id = $1`, [id]).then(() => undefined);

  it('commits both when the work has returned, and not before', async () => {
    const id = newId();
    let isEarly = true;
    const work = async () => {
      await insert(id);
      isEarly = await exists(id);
      return id;
    };
    expect(await database.withLast(work, rename)).toBe(id);
    expect(isEarly).toBe(false);
    expect(await core.query('SELECT name FROM tenants WHERE id = $1', [id])).toEqual([{ name: 'last' }]);
  });

  it('commits neither if the work fails after its transaction, or the last statement does', async () => {
    const [one, other] = [newId(), newId()];
    const fails = () => Promise.reject(new Error('failed'));
    await expect(database.withLast(() => insert(one).then(fails), fails)).rejects.toThrow('failed');
    await expect(database.withLast(() => insert(other), fails)).rejects.toThrow('failed');
    expect([await exists(one), await exists(other)]).toEqual([false, false]);
  });

  it('does not begin a second transaction beside the first, which would wait for its locks', async () => {
    const [one, other] = [newId(), newId()];
    const work = () => insert(one).then(() => insert(other));
    await expect(database.withLast(work, rename)).rejects.toThrow('already open');
    expect([await exists(one), await exists(other)]).toEqual([false, false]);
  });

  it('tries a transaction again that was chosen as the victim of a deadlock, and runs what follows the commit once', async () => {
    const [id, events] = [newId(), [] as string[]];
    const work = () =>
      database.acrossTenants(async (tx) => {
        events.push('began');
        tx.afterCommit(() => events.push('committed'));
        if (events.length === 1)
          await tx.execute(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$`);
        await tx.execute('INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2)', [id, `t-${id}`]);
        return id;
      });
    await database.withLast(work, rename);
    expect([events, await exists(id)]).toEqual([['began', 'began', 'committed'], true]);
  });

  /** Work that records what happens to its transactions, and inserts another row each time. */
  const recorded = () => {
    const [ids, events] = [[] as string[], [] as string[]];
    const work = async () => {
      const id = newId();
      ids.push(id);
      await database.acrossTenants(async (tx) => {
        tx.afterCommit(() => events.push('committed'));
        tx.afterRollback(() => events.push('rolled back'));
        await tx.execute('INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2)', [id, `t-${id}`]);
      });
      events.push('worked');
      return id;
    };
    return { ids, events, work };
  };

  it('runs all of it again if the last statement is the victim of a deadlock, with one effect', async () => {
    const { ids, events, work } = recorded();
    const last = (tx: Queries, id: string) =>
      ids.length === 1 ? tx.execute(conflict('40P01')).then(() => undefined) : rename(tx, id);
    const result = await database.withLast(work, last);
    expect(events).toEqual(['worked', 'rolled back', 'worked', 'committed']);
    expect([result, await Promise.all(ids.map(exists))]).toEqual([ids[1], [false, true]]);
  });

  it('does so if the commit is the victim', async () => {
    await core.query(`
      CREATE SEQUENCE commits;
      GRANT USAGE ON SEQUENCE commits TO PUBLIC;
      CREATE FUNCTION refuse_first_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('commits') = 1 THEN RAISE 'not now' USING ERRCODE = '40001'; END IF;
        RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER refuses AFTER INSERT ON tenants DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse_first_commit()`);
    const { ids, events, work } = recorded();
    const result = await database.withLast(work, rename);
    await core.query('DROP TRIGGER refuses ON tenants');
    expect(events).toEqual(['worked', 'rolled back', 'worked', 'committed']);
    expect([result, await Promise.all(ids.map(exists))]).toEqual([ids[1], [false, true]]);
  });

  it('gives up after three retries, and commits nothing', async () => {
    const { ids, events, work } = recorded();
    const last = (tx: Queries) => tx.execute(conflict('40P01')).then(() => undefined);
    await expect(database.withLast(work, last)).rejects.toMatchObject({ code: '40P01' });
    expect(events).toEqual(Array.from({ length: 4 }, () => ['worked', 'rolled back']).flat());
    expect(await Promise.all(ids.map(exists))).toEqual([false, false, false, false]);
  });

  it('does not multiply the retries of the transaction by its own, also after one of them', async () => {
    let runs = 0;
    const work = () =>
      database.acrossTenants(async (tx) => {
        runs += 1;
        if (runs > 1) await tx.execute(conflict('40P01'));
      });
    const last = (tx: Queries) => tx.execute(conflict('40P01')).then(() => undefined);
    await expect(database.withLast(work, last)).rejects.toMatchObject({ code: '40P01' });
    expect(runs).toBe(1 + 4);
  });
});

const conflict = (state: string) => `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${state}'; END $$`;

describe('a conflict', () => {
  it.each([
    ['40P01', 1],
    ['40001', 3],
  ])('of the state %s that occurs %i times is not seen', async (state, times) => {
    let runs = 0;
    const seen = await database.transaction(async (tx) => {
      runs += 1;
      if (runs <= times) await tx.execute(conflict(state));
      return 'done';
    });
    expect([seen, runs]).toEqual(['done', times + 1]);
  });

  it('that does not end is reported after three retries, and nothing is committed', async () => {
    const id = newId();
    let runs = 0;
    const work = database.acrossTenants(async (tx) => {
      runs += 1;
      await tx.execute('INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2)', [id, `t-${id}`]);
      await tx.execute(conflict('40P01'));
    });
    await expect(work).rejects.toMatchObject({ code: '40P01' });
    expect([runs, await core.query('SELECT FROM tenants WHERE id = $1', [id])]).toEqual([4, []]);
  });
});

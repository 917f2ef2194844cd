import { useCore } from '../../test/support/core.js';
import { until } from '../../test/support/until.js';
import { isUnavailable } from '../common/database-failures.js';
import { Database } from './database.js';
import type { Queries } from './queries.js';

const core = useCore([], { DATABASE_IDLE_SECONDS: '5' });

const processOf = async (queries: Queries) => {
  const row = await queries.one<{ pid: number }>('SELECT pg_backend_pid() AS pid', []);
  return row?.pid ?? 0;
};

it('a transaction in which nothing happens is ended, and its connection is not used again', async () => {
  const database = core.get(Database);
  let pid = 0;
  const idle = database.transaction(async (tx) => {
    pid = await processOf(tx);
    await until(
      async () => (await core.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).length === 0,
    );
    return processOf(tx);
  });
  const error = await idle.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(isUnavailable(error)).toBe(true);
  for (let statement = 0; statement < 4; statement += 1)
    expect(await processOf(database.autocommit)).not.toBe(pid);
});

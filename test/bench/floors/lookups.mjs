const COLUMNS = 'id, email, first_name, last_name, created_at';

/** One named prepared SELECT for every request. */
export function createSingleLookup(pool) {
  const statement = { name: 'floor-user', text: `SELECT ${COLUMNS} FROM floor.users WHERE id = $1` };
  return async (id) => toPerson((await pool.query({ ...statement, values: [id] })).rows[0]);
}

/**
 * The requests of one tick share one SELECT; every response still contains data that was read after its request
 * arrived.
 */
export function createSharedLookup(pool) {
  const statement = {
    name: 'floor-users',
    text: `SELECT ${COLUMNS} FROM floor.users WHERE id = ANY($1::uuid[])`,
  };
  let waiting = new Map();

  async function read() {
    const batch = waiting;
    waiting = new Map();
    try {
      const { rows } = await pool.query({ ...statement, values: [[...batch.keys()]] });
      for (const row of rows) for (const { resolve } of batch.get(row.id)) resolve(toPerson(row));
    } catch (error) {
      for (const { reject } of [...batch.values()].flat()) reject(error);
    }
  }

  return (id) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(read);
      const others = waiting.get(id);
      if (others) others.push({ resolve, reject });
      else waiting.set(id, [{ resolve, reject }]);
    });
}

function toPerson(row) {
  return {
    id: row.id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    createdAt: row.created_at,
  };
}

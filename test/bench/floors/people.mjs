import { createRefreshToken, hashSecret } from './rotation.mjs';

/** Creates people with one session each, in a schema of the floors' own. Returns their tokens. */
export async function seedPeople(pool, tokens, count) {
  await pool.query(`
    CREATE SCHEMA floor;
    CREATE TABLE floor.users (id uuid PRIMARY KEY, email text NOT NULL, first_name text NOT NULL,
      last_name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE floor.sessions (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES floor.users,
      secret_hash bytea NOT NULL, rotated_at timestamptz NOT NULL DEFAULT now(), revoked_at timestamptz);
    INSERT INTO floor.users
      SELECT gen_random_uuid(), 'person-' || n || '@example.com', 'Person', 'Number ' || n
      FROM generate_series(1, ${count}) n`);
  const { rows } = await pool.query('SELECT id FROM floor.users');
  const people = [];
  for (const { id } of rows) {
    const { token, sessionId, secret } = createRefreshToken();
    const values = [sessionId, id, hashSecret(secret)];
    await pool.query('INSERT INTO floor.sessions (id, user_id, secret_hash) VALUES ($1, $2, $3)', values);
    people.push({ accessToken: tokens.sign(id), refreshToken: token });
  }
  await pool.query('ANALYZE floor.users, floor.sessions');
  return people;
}

import { randomUUID } from 'node:crypto';
import { createRefreshToken, hashSecret } from './rotation.mjs';

const TABLES = `
  CREATE TABLE floor.codes (id uuid PRIMARY KEY, phone text NOT NULL, code_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), consumed_at timestamptz);
  CREATE INDEX ON floor.codes (phone, created_at);
  CREATE TABLE floor.events (id uuid PRIMARY KEY, user_id uuid NOT NULL, action text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now())`;

const REQUEST = {
  name: 'floor-otp-request',
  text: 'INSERT INTO floor.codes (id, phone, code_hash) VALUES ($1, $2, $3)',
};
const VERIFY = {
  name: 'floor-otp-verify',
  text: `WITH used AS (
           UPDATE floor.codes SET consumed_at = now() WHERE consumed_at IS NULL AND code_hash = $2 AND id =
             (SELECT id FROM floor.codes WHERE phone = $1 ORDER BY created_at DESC LIMIT 1) RETURNING id),
         opened AS (
           INSERT INTO floor.sessions (id, user_id, secret_hash) SELECT $3, $4, $5 FROM used RETURNING user_id)
         INSERT INTO floor.events (id, user_id, action) SELECT $6, user_id, 'otp.verified' FROM opened RETURNING id`,
};
const CODE = '123456';

/** A code for every request, and a session for a right one, each in one statement. */
export async function createCodes(pool, tokens) {
  await pool.query(TABLES);
  const { rows } = await pool.query('SELECT id FROM floor.users LIMIT 1');
  const [{ id: userId }] = rows;
  return {
    async request({ phone }) {
      await pool.query({ ...REQUEST, values: [randomUUID(), phone, hashSecret(CODE)] });
      return { expiresIn: 300, resendIn: 60 };
    },

    async verify({ phone, code }) {
      const { sessionId, secret, token } = createRefreshToken();
      const values = [phone, hashSecret(code), sessionId, userId, hashSecret(secret), randomUUID()];
      const { rowCount } = await pool.query({ ...VERIFY, values });
      if (rowCount === 0) throw new Error('No such code');
      return { accessToken: tokens.sign(userId), refreshToken: token, expiresIn: 3600 };
    },
  };
}

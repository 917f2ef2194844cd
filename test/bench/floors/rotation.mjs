import { createHash, randomBytes, randomUUID } from 'node:crypto';

const ROTATE = {
  name: 'floor-rotate',
  text: `UPDATE floor.sessions SET secret_hash = $3, rotated_at = now()
         WHERE id = $1 AND secret_hash = $2 AND revoked_at IS NULL RETURNING user_id`,
};

/** A refresh as one named prepared UPDATE in place: no index is touched, no audit row written. */
export function createRotation(pool, tokens) {
  return async (refreshToken) => {
    const [id, secret] = refreshToken.split('.');
    const next = createRefreshToken(id);
    const values = [id, hashSecret(secret), hashSecret(next.secret)];
    const { rows } = await pool.query({ ...ROTATE, values });
    return { accessToken: tokens.sign(rows[0].user_id), refreshToken: next.token, expiresIn: 3600 };
  };
}

export function createRefreshToken(sessionId = randomUUID()) {
  const secret = randomBytes(32).toString('base64url');
  return { sessionId, secret, token: `${sessionId}.${secret}` };
}

export function hashSecret(secret) {
  return createHash('sha256').update(secret).digest();
}

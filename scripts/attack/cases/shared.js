/** Runs the task for all of these in parallel. */
export const burst = (count, task) => Promise.all(Array.from({ length: count }, (_, index) => task(index)));

/** The number of responses with this status. */
export const countStatus = (replies, status) => replies.filter((reply) => reply.status === status).length;

export const me = (client) => client.get('/auth/me');

export const refresh = (client, refreshToken) => client.post('/auth/refresh', { refreshToken });

/** Both the access token and the refresh token of this session are refused. */
export async function expectDead(t, look, what, { accessToken, refreshToken }) {
  const client = t.client(accessToken);
  look.refused(`${what}: its access token`, await me(client), 401);
  if (refreshToken)
    look.refused(`${what}: its refresh token`, await refresh(client.as(null), refreshToken), 401);
}

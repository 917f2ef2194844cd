const IN_FLIGHT = 4;

/**
 * Signs people up, each with an organisation, an API key and a verified number.
 * @returns {Promise<{ email: string, password: string, name: string, cookie: string, apiKey: string, phone: string }[]>}
 */
export async function registerPeerAccounts(peer, count, client) {
  const accounts = [];
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (accounts.length < count) {
        const place = accounts.push(null) - 1;
        accounts[place] = await register(peer, place);
      }
    }),
  );
  await client.query(
    `UPDATE "user" SET "phoneNumber" = '+9198' || lpad(substring(email FROM '\\d+'), 8, '0'), "phoneNumberVerified" = true`,
  );
  return accounts;
}

async function register(peer, number) {
  const email = `person-${number}@bench.example.com`;
  const [password, name] = [`correct horse ${number}`, `Organisation ${number}`];
  const signedUp = await post(peer, '/sign-up/email', { email, password, name: 'Ada Byron' });
  const cookie = signedUp.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  await post(peer, '/organization/create', { name, slug: `organisation-${number}` }, cookie);
  const key = await (await post(peer, '/api-key/create', { name: 'Bench' }, cookie)).json();
  const phone = `+9198${String(number).padStart(8, '0')}`;
  return { email, password, name, cookie, apiKey: key.key, phone };
}

/** Throws unless the answer is a success. */
export async function post(peer, path, body, cookie) {
  const origin = `http://127.0.0.1:${peer.port}`;
  const headers = { 'content-type': 'application/json', origin, ...(cookie && { cookie }) };
  const answer = await fetch(`${origin}/api/auth${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The peer refused ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

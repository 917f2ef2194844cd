import { randomBytes } from 'node:crypto';
import { Connection, request } from './connection.mjs';

/* A registration costs a hash, and two hashes run at once. */
const IN_FLIGHT = 2;

/**
 * Registers tenants with one person each, at the product's own hash cost.
 * @returns {Promise<{ email: string, password: string, accessToken: string, refreshToken: string }[]>}
 */
export async function registerAccounts(port, count) {
  const accounts = [];
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      const line = await Connection.open({ port });
      while (accounts.length < count) {
        const place = accounts.push(null) - 1;
        accounts[place] = await register(line, place);
      }
      line.close();
    }),
  );
  return accounts;
}

async function register(line, number) {
  const email = `person-${number}@bench.example.com`;
  const password = randomBytes(12).toString('base64url');
  const body = { email, password, companyName: `Company ${number}`, firstName: 'Ada', lastName: 'Byron' };
  const answer = JSON.parse(await line.send(request('POST', '/auth/register', { body })));
  return { email, password, accessToken: answer.accessToken, refreshToken: answer.refreshToken };
}

/** Gives each of the accounts an API key. */
export async function issueApiKeys(port, accounts) {
  const line = await Connection.open({ port });
  for (const account of accounts) {
    const text = request('POST', '/auth/api-keys', { token: account.accessToken, body: { name: 'Bench' } });
    account.apiKey = JSON.parse(await line.send(text)).key;
  }
  line.close();
}

/** Gives one of the accounts each of the numbers, as verified. */
export async function verifyPhones(stage, accounts, phones) {
  await stage.withDatabase((client) =>
    client.query(
      `UPDATE users SET phone = p.phone, phone_verified_at = now()
       FROM unnest($1::text[], $2::text[]) AS p (email, phone) WHERE users.email = p.email`,
      [accounts.slice(0, phones.length).map(({ email }) => email), phones.map(({ phone }) => phone)],
    ),
  );
}

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

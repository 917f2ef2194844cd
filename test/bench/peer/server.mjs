import { createServer } from 'node:http';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { bearer, organization, phoneNumber, twoFactor } from 'better-auth/plugins';
import pg from 'pg';

/* Better Auth as its documentation sets it up, on node:http. Copied beside its packages, see install.mjs. */

const { DATABASE_URL, PORT, POOL_SIZE } = process.env;
const baseURL = `http://127.0.0.1:${PORT}`;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
const codes = new Map();

const options = (basePath, session) => ({
  baseURL,
  basePath,
  secret: process.env.SECRET_KEY,
  database: pool,
  trustedOrigins: [baseURL],
  emailAndPassword: { enabled: true },
  // Off: its limits by address would refuse the load, which comes from one
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  session,
  plugins: [
    bearer(),
    organization(),
    twoFactor(),
    phoneNumber({
      sendOTP: ({ phoneNumber: number, code }) => void codes.set(number, code),
    }),
    apiKey({ enableSessionForAPIKeys: true, rateLimit: { enabled: false } }),
  ],
});

const auth = betterAuth(options('/api/auth', {}));
/** Extends the session at every look: what comes nearest to a refresh. */
const renewing = betterAuth(options('/api/renew', { updateAge: 0 }));
const migrations = await getMigrations(auth.options);
await migrations.runMigrations();

process.on('message', ({ id, ask }) => {
  if (ask === 'codes') process.send({ id, answer: Object.fromEntries(codes) });
});

const [answer, renew] = [toNodeHandler(auth), toNodeHandler(renewing)];
createServer((request, response) => {
  if (request.url === '/ready') response.end('ready');
  else if (request.url.startsWith('/api/renew')) void renew(request, response);
  else void answer(request, response);
}).listen(Number(PORT), '127.0.0.1');

import { request } from '../connection.mjs';
import { drain, repeat } from '../courses.mjs';
import { drive } from '../load.mjs';
import { subject } from '../paths.mjs';
import { post } from './accounts.mjs';

const LOGINS_IN_FLIGHT = 8;
const CODES_IN_FLIGHT = 16;

/**
 * What does the work of each of the product's paths, by its key; the numbers that asked for a code differ each time.
 * @returns {Record<string, { title: string } & import('../paths.mjs').Subject>}
 */
export function peerPaths(peer, accounts) {
  const url = (path) => `/api/auth${path}`;
  const session = (toHolder, path = url('/get-session')) =>
    subject(
      peer,
      repeat(accounts, (account) => request('GET', path, toHolder(account))),
    );
  const cookies = ({ cookie }) => ({ cookie });
  let lastNumber = 0;
  const asking = Array.from({ length: CODES_IN_FLIGHT }, () => ({
    next: () =>
      request('POST', url('/phone-number/send-otp'), {
        body: { phoneNumber: `+9190${String((lastNumber += 1)).padStart(8, '0')}` },
      }),
  }));
  const organisations = repeat(accounts, ({ cookie }) =>
    request('GET', url('/organization/list'), { cookie }),
  );
  const logins = repeat(
    accounts.slice(0, LOGINS_IN_FLIGHT * 2),
    ({ email, password }) => request('POST', url('/sign-in/email'), { body: { email, password } }),
    LOGINS_IN_FLIGHT,
  );
  return {
    me: { title: 'get-session', ...session(cookies) },
    verify: { title: 'get-session', ...session(cookies) },
    'api-key': { title: 'get-session by API key', ...session(({ apiKey }) => ({ apiKey })) },
    organisations: { title: 'organization/list', ...subject(peer, organisations) },
    refresh: { title: 'get-session that extends it', ...session(cookies, '/api/renew/get-session') },
    login: { title: 'sign-in/email', ...subject(peer, logins) },
    'otp-request': { title: 'phone-number/send-otp', ...subject(peer, asking) },
    'otp-verify': { title: 'phone-number/verify', ...codeWindows(peer, accounts) },
  };
}

function codeWindows(peer, accounts) {
  let verifying = [];
  const send = (path, body) => request('POST', `/api/auth/phone-number/${path}`, { body });
  return {
    server: peer,
    prepare: async () => {
      const asking = accounts.map(({ phone: phoneNumber }) => send('send-otp', { phoneNumber }));
      await drive(peer.port, drain(asking, CODES_IN_FLIGHT), 600_000);
      const codes = await peer.ask('codes');
      verifying = accounts.map(({ phone: phoneNumber }) =>
        send('verify', { phoneNumber, code: codes[phoneNumber] }),
      );
    },
    run: (milliseconds) => drive(peer.port, drain(verifying, CODES_IN_FLIGHT), milliseconds),
  };
}

/**
 * Throws unless each path of the peer does what it is measured for: not only answers, but reads or writes what it should.
 */
export async function checkPeer(peer, [account], client) {
  const look = async (path, headers) =>
    (await fetch(`http://127.0.0.1:${peer.port}/api/${path}`, { headers })).json();
  const count = async (text) => Number((await client.query(`SELECT count(*) AS n FROM ${text}`)).rows[0].n);
  const { email, password, name, cookie, apiKey, phone: phoneNumber } = account;
  const grows = async (what, table, work) => {
    const before = await count(table);
    await work();
    assert(what, (await count(table)) === before + 1);
  };
  assert('get-session', (await look('auth/get-session', { cookie })).user.email === email);
  assert(
    'an altered cookie',
    (await look('auth/get-session', { cookie: `${cookie.slice(0, -4)}AAAA` })) === null,
  );
  assert('API key', (await look('auth/get-session', { 'x-api-key': apiKey })).user.email === email);
  assert('use of the key', (await count(`apikey WHERE "lastRequest" IS NOT NULL`)) === 1);
  assert('organisations', (await look('auth/organization/list', { cookie }))[0].name === name);
  const ends = `SELECT max("expiresAt") AS ends FROM session JOIN "user" u ON u.id = "userId" WHERE email = $1`;
  const endOf = async () => (await client.query(ends, [email])).rows[0].ends.getTime();
  const end = await endOf();
  await look('renew/get-session', { cookie });
  assert('renewal', (await endOf()) > end);
  await grows('sign-in', 'session', () => post(peer, '/sign-in/email', { email, password }));
  await grows('code', 'verification', () => post(peer, '/phone-number/send-otp', { phoneNumber }));
  const code = (await peer.ask('codes'))[phoneNumber];
  await grows('sign-in by code', 'session', () => post(peer, '/phone-number/verify', { phoneNumber, code }));
}

function assert(what, holds) {
  if (!holds) throw new Error(`The peer does not do its work: ${what}`);
}

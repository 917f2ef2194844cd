import { drain, repeat } from './courses.mjs';
import { request } from './connection.mjs';
import { drive } from './load.mjs';
import { subject } from './paths.mjs';

/** More than the hashes that run at once, so that those never wait for the database of another sign-in. */
const LOGINS_IN_FLIGHT = 8;
const CODES_IN_FLIGHT = 16;
/** Below the product's limits for one address: 120 sign-ins within one minute, 60 messages within ten. */
export const LOGINS_PER_ADDRESS = 100;
const MESSAGES_PER_ADDRESS = 50;

/** @returns {import('./paths.mjs').Path} */
export function loginPath({ product, floors }, accounts) {
  return {
    key: 'login',
    title: 'POST /auth/login',
    warmRequests: 50,
    targets: { server: 'hash', postgres: '≤ 700', statements: '≤ 3' },
    product: subject(product, logins(accounts)),
    floors: [
      {
        title: 'argon2 verify loop, two in flight',
        target: '0.85',
        designMicros: null,
        server: floors,
        run: (milliseconds) => floors.ask('verify', { milliseconds }),
      },
    ],
    peerTarget: '6',
  };
}

const logins = (accounts) =>
  repeat(
    accounts,
    ({ email, password }) => request('POST', '/auth/login', { body: { email, password } }),
    LOGINS_IN_FLIGHT,
  ).map((course) => ({ ...course, perAddress: LOGINS_PER_ADDRESS }));

let lastNumber = 0;

/** Numbers without an account, each asked for once: a code for the same one would wait for a minute. */
function unknownNumber() {
  lastNumber += 1;
  return `+9190${String(lastNumber).padStart(8, '0')}`;
}

/** @returns {import('./paths.mjs').Path} */
export function otpRequestPath({ product, floors }) {
  const asking = (path) =>
    Array.from({ length: CODES_IN_FLIGHT }, () => ({
      perAddress: MESSAGES_PER_ADDRESS,
      next: () => request('POST', path, { body: { phone: unknownNumber() } }),
    }));
  return {
    key: 'otp-request',
    title: 'POST /auth/otp/request',
    warmRequests: 2_000,
    targets: { server: '≤ 150', postgres: '≤ 120', statements: '≤ 2' },
    product: subject(product, asking('/auth/otp/request')),
    floors: [
      {
        title: 'one prepared INSERT',
        target: '0.7',
        designMicros: 126,
        ...subject(floors, asking('/otp/request')),
      },
    ],
    peerTarget: '6',
  };
}

/**
 * Sign-ins by code of people whose number is verified. Before each window everybody gets a code; the window ends with
 * the last one.
 * @param {{ phone: string, code: string }[]} phones
 * @returns {import('./paths.mjs').Path}
 */
export function otpVerifyPath({ product, floors }, phones) {
  const ask = ({ phone }) => request('POST', '/auth/otp/request', { body: { phone } });
  const verify = ({ phone, code }) => request('POST', '/auth/otp/verify', { body: { phone, code } });
  return {
    key: 'otp-verify',
    title: 'POST /auth/otp/verify, to a session',
    warmRequests: 1_000,
    targets: { server: '≤ 230', postgres: '≤ 230', statements: '≤ 4' },
    product: codeWindows(product, phones.map(ask), phones.map(verify)),
    floors: [
      {
        title: 'one statement: code, session, event',
        target: '0.7',
        designMicros: 232,
        ...codeWindows(
          floors,
          phones.map(({ phone }) => request('POST', '/otp/request', { body: { phone } })),
          phones.map((known) => request('POST', '/otp/verify', { body: known })),
        ),
      },
    ],
    peerTarget: '8',
  };
}

/** @returns {import('./paths.mjs').Subject} */
function codeWindows(server, asking, verifying) {
  const all = 600_000;
  return {
    server,
    prepare: async () => {
      await drive(server.port, drain(asking, CODES_IN_FLIGHT, MESSAGES_PER_ADDRESS), all);
    },
    run: (milliseconds) =>
      drive(server.port, drain(verifying, CODES_IN_FLIGHT, LOGINS_PER_ADDRESS), milliseconds),
  };
}

import { request } from './connection.mjs';
import { drive } from './load.mjs';

const CONNECTIONS = 64;
/** More than the hashes that run at once, so that those never wait for the database of another sign-in. */
const LOGINS_IN_FLIGHT = 8;
/** Below the product's limits for one address within one minute: 600 refreshes, 120 sign-ins. */
const REFRESHES_PER_ADDRESS = 500;
const LOGINS_PER_ADDRESS = 100;

/**
 * What is measured: something that a server does for the given time.
 * @typedef {object} Subject
 * @property {import('./server.mjs').Server} server
 * @property {(milliseconds: number) => Promise<import('./load.mjs').Load>} run
 *
 * A path of the product and its floors; targets as the design states them.
 * @typedef {object} Path
 * @property {string} key
 * @property {string} title
 * @property {number} warmRequests to be sent before anything is measured
 * @property {{ server: string, postgres: string, statements: string }} targets
 * @property {Subject} product
 * @property {(Subject & { title: string, target: string | null, designMicros: number | null })[]} floors with the
 *   server CPU of one request where the targets were set, to tell how fast this machine is
 */

/** @returns {Path} */
export function mePath({ product, floors }, accounts, people) {
  const subject = (server, path, holders) => {
    const courses = spread(holders, (own) =>
      walk(own.map(({ accessToken: token }) => request('GET', path, { token }))),
    );
    return { server, run: (milliseconds) => drive(server.port, courses, milliseconds) };
  };
  return {
    key: 'me',
    title: 'GET /auth/me',
    warmRequests: 10_000,
    targets: { server: '≤ 90', postgres: '≤ 10', statements: '1, shared' },
    product: subject(product, '/auth/me', accounts),
    floors: [
      {
        title: 'cached signature + one prepared SELECT',
        target: '1.0',
        designMicros: 86,
        ...subject(floors, '/me/prepared', people),
      },
      {
        title: 'cached signature + batched SELECT',
        target: null,
        designMicros: 37,
        ...subject(floors, '/me/batched', people),
      },
    ],
  };
}

/** @returns {Path} */
export function refreshPath({ product, floors }, accounts, people) {
  const subject = (server, path, holders) => {
    const courses = spread(holders, ([first]) => chain(path, first.refreshToken));
    return { server, run: (milliseconds) => drive(server.port, courses, milliseconds) };
  };
  return {
    key: 'refresh',
    title: 'POST /auth/refresh',
    warmRequests: 6_000,
    targets: { server: '≤ 230', postgres: '≤ 180', statements: '1' },
    product: subject(product, '/auth/refresh', accounts),
    floors: [
      {
        title: 'one prepared UPDATE in place',
        target: '0.8',
        designMicros: 203,
        ...subject(floors, '/refresh', people),
      },
    ],
  };
}

/** @returns {Path} */
export function loginPath({ product, floors }, accounts) {
  const courses = spread(
    accounts,
    (own) =>
      walk(own.map(({ email, password }) => request('POST', '/auth/login', { body: { email, password } }))),
    LOGINS_IN_FLIGHT,
  ).map((course) => ({ ...course, perAddress: LOGINS_PER_ADDRESS }));
  return {
    key: 'login',
    title: 'POST /auth/login',
    warmRequests: 50,
    targets: { server: 'hash', postgres: '≤ 700', statements: '≤ 3' },
    product: { server: product, run: (milliseconds) => drive(product.port, courses, milliseconds) },
    floors: [
      {
        title: 'argon2 verify loop, two in flight',
        target: '0.85',
        designMicros: null,
        server: floors,
        run: (milliseconds) => floors.ask('verify', { milliseconds }),
      },
    ],
  };
}

/** Distributes the holders over the connections; each gets a course of its own. */
export function spread(holders, toCourse, connections = CONNECTIONS) {
  return Array.from({ length: connections }, (_, connection) =>
    toCourse(holders.filter((_holder, index) => index % connections === connection)),
  );
}

/** The same requests in turn. */
export function walk(requests) {
  let sent = 0;
  return { next: () => requests[sent++ % requests.length] };
}

/** Each refresh token is valid for one exchange: the next request is made of the last response. */
export function chain(path, first) {
  let refreshToken = first;
  return {
    perAddress: REFRESHES_PER_ADDRESS,
    next: () => request('POST', path, { body: { refreshToken } }),
    learn: (body) => ({ refreshToken } = JSON.parse(body)),
  };
}

import { chain, repeat, spread } from './courses.mjs';
import { request } from './connection.mjs';
import { drive } from './load.mjs';

/**
 * What is measured: something that a server does for the given time.
 * @typedef {object} Subject
 * @property {import('./server.mjs').Server} server
 * @property {(milliseconds: number) => Promise<import('./load.mjs').Load>} run
 * @property {() => Promise<void>} [prepare] what a window needs; it is not measured
 *
 * A path of the product, and what it is compared with; targets as the design states them.
 * @typedef {object} Path
 * @property {string} key
 * @property {string} title
 * @property {number} warmRequests to be sent before anything is measured
 * @property {{ server: string, postgres: string, statements: string }} targets
 * @property {Subject} product
 * @property {(Subject & { title: string, target: string | null, designMicros: number | null })[]} floors with the
 *   server CPU of one request where the targets were set, to tell how fast this machine is
 * @property {string} [peerTarget] the throughput over the peer's
 */

const LISTS_IN_FLIGHT = 8;

/** @returns {Subject} */
export const subject = (server, courses) => ({
  server,
  run: (milliseconds) => drive(server.port, courses, milliseconds),
});

const get =
  (path) =>
  ({ accessToken: token }) =>
    request('GET', path, { token });

/**
 * Requests that change nothing but the record of a use, by people of small tenants.
 * @returns {Path[]}
 */
export function readPaths({ product, floors }, accounts, people) {
  const prepared = subject(floors, repeat(people, get('/me/prepared')));
  const batched = subject(floors, repeat(people, get('/me/batched')));
  const batchedFloor = (target) => ({
    title: 'cached signature + batched SELECT',
    target,
    designMicros: 37,
    ...batched,
  });
  return [
    {
      key: 'me',
      title: 'GET /auth/me',
      warmRequests: 10_000,
      targets: { server: '≤ 90', postgres: '≤ 10', statements: '1, shared' },
      product: subject(product, repeat(accounts, get('/auth/me'))),
      floors: [
        { title: 'cached signature + one prepared SELECT', target: '1.0', designMicros: 86, ...prepared },
        batchedFloor(null),
      ],
      peerTarget: '20',
    },
    {
      key: 'verify',
      title: 'GET /auth/verify',
      warmRequests: 10_000,
      targets: { server: '≤ 60', postgres: '≤ 6', statements: '1, shared' },
      product: subject(product, repeat(accounts, get('/auth/verify'))),
      floors: [batchedFloor('0.6')],
      peerTarget: '25',
    },
    {
      key: 'api-key',
      title: 'GET /auth/verify by API key',
      warmRequests: 10_000,
      targets: { server: '≤ 100', postgres: '≤ 15', statements: '1, shared' },
      product: subject(
        product,
        repeat(accounts, ({ apiKey }) => request('GET', '/auth/verify', { apiKey })),
      ),
      floors: [batchedFloor('0.6')],
      peerTarget: '14',
    },
    {
      key: 'organisations',
      title: 'GET /users/me/organisations',
      warmRequests: 6_000,
      targets: { server: '≤ 110', postgres: '≤ 60', statements: '1' },
      product: subject(product, repeat(accounts, get('/users/me/organisations'))),
      floors: [{ title: 'one prepared SELECT', target: '0.7', designMicros: 86, ...prepared }],
      peerTarget: '15',
    },
  ];
}

/**
 * Lists of a tenant with many members, and of a small one beside it.
 * @returns {Path[]}
 */
export function listPaths({ product }, owner, small) {
  const asked = (account, path) =>
    subject(product, repeat(Array(LISTS_IN_FLIGHT).fill(account), get(path), LISTS_IN_FLIGHT));
  const list = (key, title, path) => ({
    key,
    title,
    warmRequests: 1_000,
    targets: { server: '≤ 300', postgres: '≤ 300', statements: '≤ 2' },
    product: asked(owner, path),
    floors: [
      {
        title: 'the same in a tenant of one member',
        target: '0.5',
        designMicros: null,
        ...asked(small, path),
      },
    ],
  });
  const members = '/tenants/current/members';
  return [
    list('members', 'members list', members),
    list('search', 'members search', `${members}?search=ada&limit=10`),
    list('audit', 'audit events of an action', '/tenants/current/audit-events?action=session.created'),
  ];
}

/** @returns {Path} */
export function refreshPath({ product, floors }, accounts, people) {
  const refreshes = (path, holders) => spread(holders, ([first]) => chain(path, first.refreshToken));
  return {
    key: 'refresh',
    title: 'POST /auth/refresh',
    warmRequests: 6_000,
    targets: { server: '≤ 230', postgres: '≤ 180', statements: '1' },
    product: subject(product, refreshes('/auth/refresh', accounts)),
    floors: [
      {
        title: 'one prepared UPDATE in place',
        target: '0.8',
        designMicros: 203,
        ...subject(floors, refreshes('/refresh', people)),
      },
    ],
    peerTarget: '8',
  };
}

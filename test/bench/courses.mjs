import { request } from './connection.mjs';

export const CONNECTIONS = 64;
/** Below the product's limit for one address within one minute, 600 refreshes. */
const REFRESHES_PER_ADDRESS = 500;

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

/** Every request once, over all connections; the load ends with the last one. */
export function drain(requests, connections, perAddress) {
  const left = [...requests];
  return Array.from({ length: connections }, () => ({ perAddress, next: () => left.pop() ?? null }));
}

/** A request of each account, in turn, on every connection. */
export function repeat(accounts, toRequest, connections) {
  return spread(accounts, (own) => walk(own.map(toRequest)), connections);
}

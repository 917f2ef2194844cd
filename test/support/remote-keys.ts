import { createRemoteJWKSet } from 'jose';

/** The published keys, as a product service reads them, but with the patience of the suites: jose gives up after 5 s. */
export const remoteKeys = (url: string | URL) =>
  createRemoteJWKSet(new URL(url), { timeoutDuration: 600_000 });

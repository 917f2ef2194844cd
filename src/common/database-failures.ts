/**
 * States that pass by themselves or that an operator ends, and that no request caused
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html): connection lost, read-only after a fail-over,
 * idle in a transaction or one that lasts too long, user or password being changed, deadlock and serialization, out of
 * resources, lock or statement timeout, shutdown, input and output.
 */
const UNAVAILABLE_STATES = /^(08...|25006|25P0[34]|28000|28P01|40001|40P01|53...|55P03|57014|57P0.|58030)$/;
/** The state of this one has others that are errors of the program. */
const CLOSED_DATABASE = /is not currently accepting connections/;
const NETWORK_FAILURES = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What the driver says without a code of a connection that ended, or that nobody answers. */
const CONNECTION_FAILURES =
  /Connection terminated|Query read timeout|not queryable|already released|Cannot use a pool after calling end/;
const NO_CONNECTION = /timeout exceeded when trying to connect/;

/**
 * The certificate of the other side was not accepted: expired, of another authority, for another name
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 */
const UNTRUSTED =
  /^(ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY)_\w+|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))$/;
const NO_TLS = /The server does not support SSL connections/;

/** The server ended the connection, does not answer on it, or has become a read-only standby. */
const LOST_STATES = /^(08...|25006|25P0[34]|57P0.)$/;

/** PostgreSQL chose this transaction as the victim of a deadlock or of a conflict: run again, it can succeed. */
const CONFLICT_STATES = new Set(['40001', '40P01']);

/** True if the database or the network failed for a reason that no request causes; a later try can succeed. */
export function isUnavailable(thrown: unknown): boolean {
  const { code, message } = read(thrown);
  if (thrown instanceof DatabaseUnsuitable || UNAVAILABLE_STATES.test(code) || NETWORK_FAILURES.has(code))
    return true;
  if (code === '55000' && CLOSED_DATABASE.test(message)) return true;
  if (UNTRUSTED.test(code) || NO_TLS.test(message)) return true;
  return CONNECTION_FAILURES.test(message) || NO_CONNECTION.test(message);
}

/** True if nothing more can be expected of the connection on which this happened. */
export function isConnectionLost(thrown: unknown): boolean {
  const { code, message } = read(thrown);
  return LOST_STATES.test(code) || NETWORK_FAILURES.has(code) || CONNECTION_FAILURES.test(message);
}

/** True if the whole transaction, run again, can succeed. Nothing of it was committed. */
export function isConflict(thrown: unknown): boolean {
  return CONFLICT_STATES.has(read(thrown).code);
}

/** PostgreSQL refused the statement, and says so: nothing of it was committed, and the connection is usable. */
export function isRolledBack(thrown: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test(read(thrown).code) && !isConnectionLost(thrown);
}

/** The statement waited for a lock longer than it may. */
export function isLockTimeout(thrown: unknown): boolean {
  return read(thrown).code === '55P03';
}

/** Why no connection can be encrypted as DATABASE_URL asks for, or null if something else is wrong. */
export function tlsFault(thrown: unknown): string | null {
  const { code, message } = read(thrown);
  if (UNTRUSTED.test(code))
    return `The certificate of the database is not accepted: ${message}. Check the host, sslmode and sslrootcert in DATABASE_URL.`;
  if (NO_TLS.test(message))
    return 'The database offers no TLS, for which sslmode in DATABASE_URL asks. Turn it on there, or leave sslmode out.';
  // Certificates and keys are the only files that the driver reads
  const isFile = (thrown as { syscall?: unknown } | null)?.syscall === 'open';
  return isFile ? `A file that DATABASE_URL names cannot be read: ${message}.` : null;
}

function read(thrown: unknown): { code: string; message: string } {
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  return { code: String(code), message: String(message) };
}

/** The database cannot give the guarantees that the server depends on. The message names the reason and the remedy. */
export class DatabaseUnsuitable extends Error {}

/** A pooler between us and the database gives one session to several clients. */
export class SessionShared extends DatabaseUnsuitable {}

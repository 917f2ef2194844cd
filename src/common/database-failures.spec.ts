import {
  DatabaseUnsuitable,
  isConflict,
  isConnectionLost,
  isLockTimeout,
  isRolledBack,
  isUnavailable,
  tlsFault,
} from './database-failures.js';

const failure = (code: string, message = 'failed') => Object.assign(new Error(message), { code });
const says = (message: string) => new Error(message);

/** `unavailable`: 503. `lost`: the connection is closed. `conflict`: the transaction runs again. */
const kindsOf = (error: unknown) =>
  [
    isUnavailable(error) && 'unavailable',
    isConnectionLost(error) && 'lost',
    isConflict(error) && 'conflict',
    isRolledBack(error) && 'rolled back',
  ].filter((kind) => kind !== false);

const LOST = ['unavailable', 'lost'];
const KEPT = ['unavailable', 'rolled back'];

describe('a failure of the database', () => {
  it.each([
    ['08006', LOST],
    ['08P01', LOST],
    ['25006', LOST],
    ['25P03', LOST],
    ['25P04', LOST],
    ['57P01', LOST],
    ['57P03', LOST],
    ['57P05', LOST],
    ['28000', KEPT],
    ['28P01', KEPT],
    ['53100', KEPT],
    ['53300', KEPT],
    ['55P03', KEPT],
    ['57014', KEPT],
    ['58030', KEPT],
    ['40001', ['unavailable', 'conflict', 'rolled back']],
    ['40P01', ['unavailable', 'conflict', 'rolled back']],
    // Errors of the program, or of what a request contains
    ['22001', ['rolled back']],
    ['23505', ['rolled back']],
    ['25001', ['rolled back']],
    ['25P02', ['rolled back']],
    ['42501', ['rolled back']],
    ['42P01', ['rolled back']],
    ['55000', ['rolled back']],
    ['58P01', ['rolled back']],
    ['XX000', ['rolled back']],
  ])('of the state %s is %j', (state, kinds) => {
    expect(kindsOf(failure(state))).toEqual(kinds);
  });

  it.each([
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
  ])('of the network (%s) costs the connection', (code) => {
    expect(kindsOf(failure(code))).toEqual(LOST);
  });

  it.each([
    ['Connection terminated unexpectedly', LOST],
    ['Query read timeout', LOST],
    ['Client was closed and is not queryable', LOST],
    ['timeout exceeded when trying to connect', ['unavailable']],
    ['Cannot read properties of undefined', []],
  ])('that the driver calls "%s" is %j', (message, kinds) => {
    expect(kindsOf(says(message))).toEqual(kinds);
  });

  it('is one of a database that is closed, and not one of the program, by its text alone', () => {
    const closed = failure('55000', 'database "gatehouse" is not currently accepting connections');
    expect(isUnavailable(closed)).toBe(true);
    expect(isUnavailable(failure('55000', 'currval of sequence "ids" is not yet defined'))).toBe(false);
  });

  it('of a lock is told apart, and one of a database that does not suit is unavailable', () => {
    expect([isLockTimeout(failure('55P03')), isLockTimeout(failure('57014'))]).toEqual([true, false]);
    expect(isUnavailable(new DatabaseUnsuitable('no'))).toBe(true);
  });

  it.each([[undefined], [null], ['40001'], [{}], [{ code: null }]])('is not %j', (thrown) => {
    expect(kindsOf(thrown)).toEqual([]);
  });
});

describe('a certificate that is not accepted', () => {
  it.each([
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('(%s) is no fault of a request, and says where to look', (code) => {
    expect(kindsOf(failure(code))).toEqual(['unavailable']);
    expect(tlsFault(failure(code, 'self-signed'))).toMatch(/not accepted: self-signed\. .*sslrootcert/);
  });

  it('is told from a database without TLS, a missing file, and everything else', () => {
    expect(kindsOf(says('The server does not support SSL connections'))).toEqual(['unavailable']);
    expect(tlsFault(says('The server does not support SSL connections'))).toMatch(/offers no TLS/);
    const missing = (syscall: string) => Object.assign(failure('ENOENT', `ENOENT, ${syscall}`), { syscall });
    expect(tlsFault(missing('open'))).toMatch(/cannot be read: ENOENT, open/);
    expect(tlsFault(missing('connect'))).toBeNull();
    expect(tlsFault(failure('ECONNREFUSED'))).toBeNull();
    expect(tlsFault(null)).toBeNull();
  });
});

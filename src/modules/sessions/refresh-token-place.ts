import type { Actor } from '../../common/actor.js';
import { BrowserSessionRefused } from './sessions.errors.js';

/**
 * Throws BrowserSessionRefused if the caller's session keeps its refresh token in a cookie, and the operation would answer
 * with the next one in a body.
 */
export function assertInPlace({ session, origin }: Actor): void {
  if (session.inCookie && !origin.inCookie)
    throw new BrowserSessionRefused('Use the operation of the contract whose cookie has the refresh token.');
}

import type { IncomingHttpHeaders } from 'node:http';
import { resemblesKey } from '../modules/api-keys/key-text.js';
import { AuthenticationRequired, CredentialsAmbiguous } from './access.errors.js';

/** The credential of a request, unverified. */
export interface Credential {
  kind: 'access-token' | 'api-key' | 'client-secret';
  /** For a client secret, the whole `Authorization` header. */
  text: string;
}

const BEARER = /^Bearer +(.+)$/i;
const NO_TOKEN = /^Bearer *(undefined|null)?$/i;
/** RFC 6750 §2.1 */
const B64TOKEN = /^[\w~+/.-]+=*$/;

/**
 * The credential in the headers, the only place where one is accepted; null if there is none. Throws
 * AuthenticationRequired for a bearer token of no form, and CredentialsAmbiguous for more than one credential. Other
 * schemes are no credential; that of client secrets only where they are accepted.
 */
export function credentialOf(
  headers: IncomingHttpHeaders,
  { acceptsClients = false } = {},
): Credential | null {
  const { 'x-api-key': key } = headers;
  // An empty header is what some clients send without a token
  const authorization = headers.authorization?.trim() === '' ? undefined : headers.authorization;
  if (key !== undefined && authorization !== undefined) throw new CredentialsAmbiguous();
  if (key !== undefined) return { kind: 'api-key', text: [key].flat().join() };
  if (authorization === undefined) return null;
  if (acceptsClients && /^Basic /i.test(authorization)) return { kind: 'client-secret', text: authorization };
  // Of a proxy in front, or what a client without a token makes of it: no credential of ours
  if (!/^Bearer\b/i.test(authorization) || NO_TOKEN.test(authorization)) return null;
  const bearer = bearerCredential(bearerTextOf({ authorization }));
  if (!bearer) throw new AuthenticationRequired();
  return bearer;
}

/** The headers in which a credential may be, one at a time: `Authorization` first. */
export function eachAlone({ authorization, 'x-api-key': key }: IncomingHttpHeaders): IncomingHttpHeaders[] {
  return [{ authorization }, { 'x-api-key': key }];
}

/** The text after `Bearer` in the header; empty if there is none. */
export function bearerTextOf({ authorization = '' }: IncomingHttpHeaders): string {
  return BEARER.exec(authorization)?.[1] ?? '';
}

/** The kind of bearer credential that the text has the form of; null if it has neither form. */
export function bearerCredential(text: string): Credential | null {
  if (resemblesKey(text)) return { kind: 'api-key', text };
  return B64TOKEN.test(text) ? { kind: 'access-token', text } : null;
}

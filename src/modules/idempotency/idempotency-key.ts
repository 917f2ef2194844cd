import { IdempotencyKeyInvalid } from './idempotency.errors.js';

/** RFC 8941 §3.3.3: a String, without parameters. */
const STRING = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** What clients send without quotes. No comma: two header lines would be joined by one. */
const BARE = /^[\w.:~+/=@-]+$/;
const MAX_KEY = 255;

/**
 * The key in a header value: a String, as draft-ietf-httpapi-idempotency-key-header has it, or the same characters
 * without quotes. Case matters. Throws IdempotencyKeyInvalid.
 */
export function readIdempotencyKey(header: string): string {
  const text = header.trim();
  // The longest key, with each character escaped, in quotes
  if (text.length > 2 * MAX_KEY + 2) throw new IdempotencyKeyInvalid();
  const quoted = STRING.exec(text)?.[1]?.replace(/\\(.)/g, '$1');
  const key = quoted ?? (BARE.test(text) ? text : '');
  if (key === '' || key.length > MAX_KEY) throw new IdempotencyKeyInvalid();
  return key;
}

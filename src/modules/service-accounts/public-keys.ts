import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { PublicKeyInvalid } from './service-accounts.errors.js';

const MAX_KEYS = 5;
const MIN_RSA_BITS = 2_048;
/** What may stand in a key, beside what its kind needs. */
const COMMON = ['kty', 'kid', 'use', 'alg', 'key_ops'];
const MEMBERS: Record<string, string[]> = { EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'], RSA: ['n', 'e'] };

/** Signature algorithms of assertions (RFC 7518 §3.1, RFC 8037): none with a shared secret. */
export const ASSERTION_ALGORITHMS = ['ES256', 'EdDSA', 'PS256', 'RS256'] as const;
const ALGORITHMS: Record<string, (typeof ASSERTION_ALGORITHMS)[number][]> = {
  EC: ['ES256'],
  OKP: ['EdDSA'],
  RSA: ['PS256', 'RS256'],
};

/**
 * The public keys of a JWK set (RFC 7517 §5) that can verify an assertion, without other members. Throws
 * PublicKeyInvalid, in particular for a private key.
 */
export function parsePublicKeys(value: unknown): JSONWebKeySet {
  const { keys } = (value ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS)
    throw new PublicKeyInvalid(`must be a JWK set with one to ${MAX_KEYS} keys`);
  return { keys: keys.map(parsePublicKey) };
}

function parsePublicKey(value: unknown): JWK {
  const key = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if ('d' in key || 'k' in key) throw new PublicKeyInvalid('must hold public keys only');
  const needed = typeof key.kty === 'string' && Object.hasOwn(MEMBERS, key.kty) ? MEMBERS[key.kty] : null;
  if (!needed || !isAccepted(key))
    throw new PublicKeyInvalid('must hold keys P-256, Ed25519 or RSA of 2048 bits');
  if (!verifiesAssertions(key))
    throw new PublicKeyInvalid('must hold keys whose use, key_ops and alg are those of verifying signatures');
  const kept = [...COMMON, ...needed].filter((name) => key[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, key[name]]));
}

/** RFC 7517 §4: what a key says of its own use. One that is for something else would verify nothing. */
function verifiesAssertions({ kty, use, key_ops: operations, alg }: Record<string, unknown>): boolean {
  const algorithms = ALGORITHMS[kty as string] ?? [];
  return (
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify'))) &&
    (alg === undefined || algorithms.some((one) => one === alg))
  );
}

function isAccepted(key: Record<string, unknown>): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPublicKey({
      key: key as JsonWebKey,
      format: 'jwk',
    });
    const bits = details?.modulusLength ?? 0;
    if (type === 'ec') return details?.namedCurve === 'prime256v1';
    return type === 'ed25519' || (type === 'rsa' && bits >= MIN_RSA_BITS && bits <= 2 * MIN_RSA_BITS);
  } catch {
    return false;
  }
}

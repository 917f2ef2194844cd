import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { StoredSigningKey } from './signing-keys.repository.js';

export interface SigningKey {
  kid: string;
  algorithm: 'ES256' | 'HS256';
  /** Null if the key is encrypted under a SECRET_KEY that this server does not have. */
  sign: KeyObject | null;
  verify: KeyObject;
  /** Published at `/.well-known/jwks.json`; absent for a shared secret. */
  publicJwk?: JsonWebKey;
}

/** A key that this server can sign with. */
export type OwnSigningKey = SigningKey & { sign: KeyObject };

export function canSign(key: SigningKey | undefined): key is OwnSigningKey {
  return key !== undefined && key.sign !== null;
}

/** `pem` is the private key, decrypted. */
export function toSigningKey({ id: kid, publicJwk }: StoredSigningKey, pem: string | null): SigningKey {
  return {
    kid,
    algorithm: 'ES256',
    sign: pem === null ? null : createPrivateKey(pem),
    verify: createPublicKey({ key: publicJwk, format: 'jwk' }),
    publicJwk,
  };
}

/** JWT_SECRET, which the resource servers share. */
export function sharedKey(secret: string): OwnSigningKey {
  const key = createSecretKey(Buffer.from(secret));
  return { kid: 'shared', algorithm: 'HS256', sign: key, verify: key };
}

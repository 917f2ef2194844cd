import type { JSONWebKeySet } from 'jose';

/** Whose account it is. */
export interface AccountOwner {
  /** Null for an account of the product itself. */
  tenantId: string | null;
  /** For an account of a tenant, the product of the tenant. */
  product: string;
}

/** A service account as administrators and operators see it. */
export interface ServiceAccount extends AccountOwner {
  /** The `client_id` (RFC 6749 §2.2). */
  id: string;
  name: string;
  scopes: string[];
  /** Null for an account that authenticates by a secret. */
  publicKeys: JSONWebKeySet | null;
  /** The last characters of the newest secret; null for an account that authenticates by a key. */
  lastFour: string | null;
  createdAt: Date;
  /** When it last got a token, at most a minute too early. */
  lastUsedAt: Date | null;
}

/** With the secret, which is not stored: it can be disclosed only once. */
export interface IssuedServiceAccount extends ServiceAccount {
  secret: string | null;
}

export interface NewServiceAccount {
  name: string;
  /** Default: SERVICE_SCOPES. */
  scopes?: string[];
  /** The account authenticates by these keys (`private_key_jwt`) instead of by a secret. */
  publicKeys?: JSONWebKeySet;
}

export interface ServiceAccountChanges {
  name?: string;
  /** Null leaves an account without keys as it is. */
  publicKeys?: JSONWebKeySet | null;
}

import { createHash } from 'node:crypto';
import type { Caller } from '../../common/actor.js';
import type { Keyring } from '../../common/keyring.js';
import { addressBlock } from '../../common/request-origin.js';

/** A request with an `Idempotency-Key`. */
export interface IdempotentRequest {
  /** Method and route. */
  operation: string;
  /** Null where nobody signs in. */
  caller: Caller | null;
  /** Of the client. */
  address: string;
  key: string;
  /** All that the client chose: the parameters of the path, and the body. */
  content: unknown;
}

/** Under what a request is stored. Nothing of it reveals the key or the content. */
export interface RequestIdentity {
  /** Of the record. */
  id: Buffer;
  /** Of operation, caller and key: another request of the caller with this key has the same. */
  callerHash: Buffer;
  /** Of operation and content. */
  fingerprint: Buffer;
  tenantId: string | null;
}

/**
 * A signed-in caller is the person in the tenant, or the API key: in another session of the person a key means the same.
 * An anonymous request is known by its content, passwords included, so that it is found again after the client has
 * changed networks, and nobody else's: with the key alone, a stranger learns and blocks nothing. At one address a key
 * has one meaning.
 */
export function identify(request: IdempotentRequest, keyring: Keyring): RequestIdentity {
  const { operation, caller, address, key, content } = request;
  const fingerprint = keyring.hmac('idempotency-fingerprint', canonical([operation, content]));
  if (!caller) {
    const id = digest('anonymous', operation, key, fingerprint.toString('hex'));
    const callerHash = digest('address', operation, addressBlock(address), key);
    return { id, callerHash, fingerprint, tenantId: null };
  }
  const { userId } = caller;
  const membership = caller.kind === 'user' ? caller.session.membership : caller.membership;
  const tenantId = membership?.tenant.id ?? null;
  const keyId = caller.kind === 'user' ? null : caller.key.id;
  const callerHash = digest('caller', operation, userId, tenantId, keyId, key);
  return { id: callerHash, callerHash, fingerprint, tenantId };
}

/** The id of the record of one step of a request. */
export const stepId = (requestId: Buffer, fingerprint: Buffer, position: number): Buffer =>
  digest('step', requestId.toString('hex'), fingerprint.toString('hex'), String(position));

function digest(...parts: (string | null)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

/** JSON whose members are in one order. Body parsing has bounded the depth. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { ApiKeyActor } from '../../common/actor.js';
import { isWithin, parseNetwork } from '../../common/network.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { toDate, toSessionState } from '../sessions/session-state.js';
import { ApiKeyStatesRepository, type KeyStateRow } from './api-key-states.repository.js';
import { ApiKeyUsageRecorder } from './api-key-usage-recorder.js';
import { ApiKeyInvalid } from './api-keys.errors.js';
import { hashKeyText, isKeyText } from './key-text.js';
import { rightsOf } from './scopes.js';

interface KeyState {
  actor: Omit<ApiKeyActor, 'origin'>;
  allowedAddresses: string[];
}

/**
 * Authenticates requests by API key. Requests of the same tick share one statement; nothing is cached beyond it, so
 * that a revocation applies on every instance at once.
 */
@Injectable()
export class ApiKeyVerificationService {
  private readonly loader = new DataLoader<string, KeyState | null>((hashes) => this.readAll(hashes), {
    cache: false,
    maxBatchSize: 256,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  });

  constructor(
    private readonly states: ApiKeyStatesRepository,
    private readonly usage: ApiKeyUsageRecorder,
  ) {}

  /**
   * Verifies the key and counts the use. Throws the same ApiKeyInvalid for every key that does not work. The checksum
   * rejects typos and fragments without a query. Does not look up whose an invalid key was: RefusedKeysService does
   * that later for the audit trail, so that the response time does not depend on it.
   */
  async verify(text: string, origin: RequestOrigin): Promise<ApiKeyActor> {
    if (!isKeyText(text)) throw new ApiKeyInvalid();
    const keyHash = hashKeyText(text).toString('hex');
    const state = await this.loader.load(keyHash);
    if (!state) throw new ApiKeyInvalid({ keyHash });
    const { actor } = state;
    if (!isAllowed(state, origin)) {
      const { userId, key, membership } = actor;
      const reason = 'address_not_allowed';
      throw new ApiKeyInvalid({ userId, keyId: key.id, tenantId: membership.tenant.id, reason });
    }
    this.usage.record(actor.key.id);
    return { ...actor, origin };
  }

  /** As `verify`, but does not count the use, and returns null instead of throwing. */
  async find(text: string, origin: RequestOrigin): Promise<ApiKeyActor | null> {
    if (!isKeyText(text)) return null;
    const state = await this.loader.load(hashKeyText(text).toString('hex'));
    return state && isAllowed(state, origin) ? { ...state.actor, origin } : null;
  }

  private async readAll(hashes: readonly string[]): Promise<(KeyState | null)[]> {
    const read = await this.states.read(
      [...new Set(hashes)],
      (row) => [row.key_hash, toKeyState(row)] as const,
    );
    const states = new Map(read);
    return hashes.map((hash) => states.get(hash) ?? null);
  }
}

/** Null if the owner is no longer an active member of the key's tenant. */
function toKeyState(row: KeyStateRow): KeyState | null {
  const { user, membership } = toSessionState(row) ?? {};
  if (!user || !membership) return null;
  const actor: KeyState['actor'] = {
    kind: 'api-key',
    userId: user.id,
    user,
    membership,
    key: {
      id: row.session_id,
      name: row.key_name,
      scopes: row.scopes,
      expiresAt: toDateOrNull(row.key_expires_at),
    },
    secret: { issuedAt: toDate(row.secret_issued_at), expiresAt: toDateOrNull(row.secret_expires_at) },
    permissions: rightsOf(row.scopes, membership.role.permissions),
  };
  return { actor, allowedAddresses: row.allowed_addresses };
}

const toDateOrNull = (unixSeconds: number | null): Date | null =>
  unixSeconds === null ? null : toDate(unixSeconds);

function isAllowed({ allowedAddresses }: KeyState, { address }: RequestOrigin): boolean {
  if (allowedAddresses.length === 0) return true;
  return isWithin(
    allowedAddresses.flatMap((block) => parseNetwork(block) ?? []),
    address,
  );
}

import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeysRepository, type StoredSigningKey } from './signing-keys.repository.js';
import { JWKS_MAX_AGE_SECONDS } from './signing-keys.service.js';

/** The request origin of an operator at a terminal. */
const OPERATOR: RequestOrigin = { address: 'server', userAgent: null, requestId: 'signing-keys' };

/** The operation is not possible; the message tells the operator why. Nothing has changed. */
export class SigningKeyRefused extends Error {}

/** Key operations for operators. Every server applies them within SIGNING_KEYS_MAX_AGE_SECONDS. */
export class SigningKeyRotation {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly keys: SigningKeysRepository,
    private readonly audit: AuditService,
  ) {}

  list(): Promise<StoredSigningKey[]> {
    return this.store.read();
  }

  /**
   * Activates the next key for signing. Tokens of the retired key stay valid until they expire. Throws
   * SigningKeyRefused while caches may not know the next key yet, unless `isUrgent`.
   */
  async rotate({ isUrgent }: { isUrgent: boolean }): Promise<StoredSigningKey[]> {
    await this.assertOwnSecret();
    await this.store.change(async (tx) => {
      if (!isUrgent) await this.assertNextIsKnown(tx);
      const retired = await this.keys.retireActive(tx);
      await this.store.fill(tx);
      for (const kid of retired) await this.record(tx, 'signing_key.retired', kid);
    });
    return this.store.read();
  }

  /**
   * Removes and replaces keys: tokens they signed become invalid, and they never sign again. Throws SigningKeyRefused
   * if one of them does not exist.
   */
  async remove(kids: string[]): Promise<StoredSigningKey[]> {
    await this.assertOwnSecret();
    await this.store.change(async (tx) => {
      const removed = await this.keys.delete(tx, kids);
      const unknown = kids.filter((kid) => !removed.includes(kid));
      if (unknown.length > 0) throw new SigningKeyRefused(`There is no key ${unknown.join(', ')}.`);
      await this.store.fill(tx);
      for (const kid of removed) await this.record(tx, 'signing_key.removed', kid);
    });
    return this.store.read();
  }

  /** Keys encrypted under another SECRET_KEY than the servers' would be unusable for the servers. */
  private async assertOwnSecret(): Promise<void> {
    const [first] = (await this.store.read()).filter(({ state }) => state !== 'retired');
    if (!first) return;
    try {
      this.store.open(first);
    } catch {
      throw new SigningKeyRefused(
        `SECRET_KEY does not decrypt the key ${first.id}: run this with the servers' own.`,
      );
    }
  }

  private record(
    tx: Transaction,
    action: 'signing_key.retired' | 'signing_key.removed',
    kid: string,
  ): Promise<void> {
    return this.audit.record(tx, OPERATOR, {
      action,
      tenantId: null,
      actorKind: 'operator',
      actorId: null,
      detail: { kid },
    });
  }

  private async assertNextIsKnown(tx: Transaction): Promise<void> {
    const seconds = await this.keys.secondsUntilKnown(tx, JWKS_MAX_AGE_SECONDS);
    if (seconds !== null && seconds <= 0) return;
    throw new SigningKeyRefused(
      'The next key was published a moment ago: caches may not know it for another ' +
        `${seconds ?? JWKS_MAX_AGE_SECONDS} seconds. Wait, or rotate with --now.`,
    );
  }
}

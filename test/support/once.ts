import { randomUUID } from 'node:crypto';
import type { Actor } from '../../src/common/actor.js';
import type { IssuedApiKey } from '../../src/modules/api-keys/api-key.js';
import { ApiKeysService } from '../../src/modules/api-keys/api-keys.service.js';
import { type Answer, IdempotencyService } from '../../src/modules/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../src/modules/idempotency/request-identity.js';
import type { Core } from './core.js';

export type KeyAnswer = Answer & { isReplayed: boolean; body: IssuedApiKey };

/** Requests with an `Idempotency-Key` that create an API key; each creates one with the same name unless it says so. */
export class Once {
  constructor(
    private readonly core: Core,
    private readonly service = () => core.get(IdempotencyService),
  ) {}

  /** `meanwhile` runs after the key was created, before the transaction commits. */
  async createKey(
    actor: Actor,
    request: Partial<IdempotentRequest> = {},
    meanwhile: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<KeyAnswer> {
    const perform = async () => {
      const body = await this.core.get(ApiKeysService).create(actor, { name: 'CI' });
      await meanwhile();
      return { status: 201, body };
    };
    const own = { operation: 'POST /auth/api-keys', caller: actor, address: '10.0.0.1', key: randomUUID() };
    const answer = await this.service().answer({ ...own, content: { name: 'CI' }, ...request }, perform);
    return answer as KeyAnswer;
  }

  async keysOf({ userId }: Actor): Promise<number> {
    const rows = await this.core.query('SELECT FROM api_keys WHERE user_id = $1', [userId]);
    return rows.length;
  }
}

import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';

/** Numbers of live credentials. */
export interface CountedCredentials {
  sessions: number;
  apiKeys: number;
}

/** Reads which credentials a person has in a tenant. */
@Injectable()
export class MemberCredentialsRepository {
  /** Counts live sessions and API keys of the person in the tenant; with null, those without a tenant. */
  async count(tx: Transaction, tenantId: string | null, userId: string): Promise<CountedCredentials> {
    const counted = await tx.one<CountedCredentials>(COUNT_CREDENTIALS, [tenantId, userId]);
    return counted ?? { sessions: 0, apiKeys: 0 };
  }
}

/** $1 tenant or null, $2 user. */
const COUNT_CREDENTIALS = `
  SELECT
    (SELECT count(*)::int FROM sessions
     WHERE tenant_id IS NOT DISTINCT FROM $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()) AS sessions,
    (SELECT count(*)::int FROM api_keys
     WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > now())) AS "apiKeys"`;

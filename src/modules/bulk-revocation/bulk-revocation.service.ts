import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { SigningKeyStore } from '../sessions/signing-key-store.js';
import { BulkRevocationRepository, CREDENTIALS, type Revocable } from './bulk-revocation.repository.js';

/** The request origin of an operator at a terminal. */
const OPERATOR: RequestOrigin = { address: 'server', userAgent: null, requestId: 'revoke' };

export interface BulkRevocation {
  /** `now`: by the clock of the database. */
  before: Date | 'now';
  reason: 'restore' | 'secret_key_lost';
  /** Beside CREDENTIALS. */
  further?: readonly Revocable[];
  /** Of CREDENTIALS: what stays valid. */
  except?: readonly Revocable[];
}

/** The number of rows that ended, by table. */
export type Ended = Partial<Record<Revocable | 'signing_keys', number>>;

/** Refused, because what is issued until then would end at every further start. Nothing has changed. */
export class TimeInFuture extends Error {
  constructor() {
    super('is in the future');
  }
}

/** Ends every credential issued before a time, for operators: no endpoint calls this. */
export class BulkRevocationService {
  constructor(
    private readonly database: Database,
    private readonly revocations: BulkRevocationRepository,
    private readonly signingKeys: SigningKeyStore,
    private readonly audit: AuditService,
  ) {}

  /** As `revoke`, unless a finished one has ended everything issued before this time; then null. */
  async revokeOnce(revocation: BulkRevocation & { before: Date }): Promise<Ended | null> {
    return (await this.revocations.isDone(revocation.before)) ? null : this.revoke(revocation);
  }

  /**
   * Works in steps that each commit by themselves: after an interruption, call it again. Replaces signing keys created
   * before the time, too. Throws TimeInFuture.
   */
  async revoke({ before, reason, further = [], except = [] }: BulkRevocation): Promise<Ended> {
    const now = await this.revocations.now();
    const time = before === 'now' ? now : before;
    if (time > now) throw new TimeInFuture();
    const ended: Ended = {};
    for (const kind of [...CREDENTIALS, ...further]) {
      if (except.includes(kind)) continue;
      let rows = 0;
      for await (const count of this.revocations.revoke(kind, time)) rows += count;
      ended[kind] = rows;
    }
    ended.signing_keys = await this.signingKeys.replaceOlder(time);
    if (reason === 'restore') await this.revocations.recordDone(time);
    await this.audit.record(this.database.autocommitAcrossTenants, OPERATOR, {
      action: 'credentials.revoked',
      tenantId: null,
      actorKind: 'operator',
      actorId: null,
      detail: { before: time.toISOString(), reason, ...ended },
    });
    return ended;
  }
}

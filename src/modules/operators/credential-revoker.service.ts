import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { ApiKeyRevocationService } from '../api-keys/api-key-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { KeyUnknown, SessionUnknown } from './operators.errors.js';
import { PersonRecordsRepository } from './person-records.repository.js';

/** Ends single credentials of people. */
@Injectable()
export class CredentialRevokerService {
  constructor(
    private readonly database: Database,
    private readonly records: PersonRecordsRepository,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeyRevocationService,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /** Notifies the person. Of parallel calls, one succeeds. Throws ActNotExplained or SessionUnknown. */
  async endSession(sessionId: string, order: OperatorAct): Promise<void> {
    const act = explained(order);
    const session = await this.records.findSession(sessionId);
    if (!session) throw new SessionUnknown();
    const { userId, tenantId } = session;
    await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lockWithLeaving(tx, userId);
      if (!(await this.sessions.endOne(tx, userId, sessionId, 'ended_by_operator')))
        throw new SessionUnknown();
      const target = { kind: 'session', id: sessionId } as const;
      const tenantIds = tenantId === null ? [] : [tenantId];
      await this.trail.record(tx, act, { action: 'session.revoked', target }, tenantIds);
      if (user) await this.notices.send(tx, user, 'session_ended_by_operator', act.origin);
    });
  }

  /** Notifies the owner. Of parallel calls, one succeeds. Throws ActNotExplained or KeyUnknown. */
  async revokeKey(keyId: string, order: OperatorAct): Promise<void> {
    const act = explained(order);
    await this.database.acrossTenants(async (tx) => {
      const key = await this.apiKeys.revokeOne(tx, keyId);
      if (!key) throw new KeyUnknown();
      const target = { kind: 'api_key', id: keyId } as const;
      await this.trail.record(tx, act, { action: 'api_key.revoked', target }, [key.tenantId]);
      const user = await this.users.lockWithLeaving(tx, key.userId);
      if (user) await this.notices.send(tx, user, 'api_key_revoked', act.origin);
    });
  }
}

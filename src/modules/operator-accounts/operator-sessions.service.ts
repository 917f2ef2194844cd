import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Keyring } from '../../common/keyring.js';
import { isWithin, parseNetwork } from '../../common/network.js';
import { addressBlock, type RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import { OperatorSessionsRepository } from './operator-sessions.repository.js';
import type { SignedInOperator } from './signed-in-operator.js';

/** The token of an operator's session. It is not renewed. */
export interface OperatorToken {
  accessToken: string;
  /** In seconds. */
  expiresIn: number;
}

const SESSION_SECONDS = 3600;
/** Secret scanners recognise it, and no other credential has this form. */
const TOKEN_PREFIX = 'operator_';

/** Sessions of operators: an opaque token of 256 random bits, of which a keyed hash is stored. */
@Injectable()
export class OperatorSessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: OperatorSessionsRepository,
    private readonly keyring: Keyring,
    private readonly audit: AuditService,
  ) {}

  async open(tx: Transaction, operatorId: string, origin: RequestOrigin): Promise<OperatorToken> {
    const accessToken = `${TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
    await this.sessions.open(tx, {
      id: newId(),
      operatorId,
      tokenHash: this.hash(accessToken),
      address: addressBlock(origin.address),
      ttlSeconds: SESSION_SECONDS,
    });
    return { accessToken, expiresIn: SESSION_SECONDS };
  }

  /**
   * Reads session and operator at every request. A token works only from the address block of its sign-in, and only while
   * the operator may use that. Throws AccessTokenInvalid.
   */
  async verify(token: string, origin: RequestOrigin): Promise<SignedInOperator> {
    const session = await this.sessions.find(this.hash(token));
    const isThere = session !== null && session.address === addressBlock(origin.address);
    if (!isThere || !isAllowed(session, origin)) throw new AccessTokenInvalid();
    const { operatorId: id, email, sessionId } = session;
    return { id, email, sessionId, origin: { ...origin, byOperator: true } };
  }

  /**
   * In the transaction of an act: the operator is neither disabled nor signed out before it ends. Throws
   * AccessTokenInvalid if that has happened.
   */
  async lock(tx: Transaction, sessionId: string): Promise<void> {
    if (!(await this.sessions.lock(tx, sessionId))) throw new AccessTokenInvalid();
  }

  /** Signs the operator out of this session. */
  async end({ id, sessionId, origin }: SignedInOperator): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      if (!(await this.sessions.end(tx, sessionId))) return;
      const target = { kind: 'operator', id } as const;
      const event = {
        action: 'operator.signed_out',
        tenantId: null,
        actorKind: 'operator',
        actorId: id,
      } as const;
      await this.audit.record(tx, origin, { ...event, target });
    });
  }

  private hash(token: string): Buffer {
    return this.keyring.hmac('secret-hash', `operator-session:${token}`);
  }
}

/** Whether the operator may act from this address. */
export function isAllowed(
  { allowedAddresses }: { allowedAddresses: string[] },
  { address }: RequestOrigin,
): boolean {
  return isWithin(
    allowedAddresses.flatMap((block) => parseNetwork(block) ?? []),
    address,
  );
}

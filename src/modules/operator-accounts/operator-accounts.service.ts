import { Injectable } from '@nestjs/common';
import { v4 as randomId, v7 as newId } from 'uuid';
import { canonicalEmail } from '../../common/email-address.js';
import { formatNetwork, parseNetwork } from '../../common/network.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditAction } from '../audit/audit-actions.js';
import { OperatorSecrets } from './operator-secrets.js';
import { OperatorSessionsRepository } from './operator-sessions.repository.js';
import { OperatorArgumentInvalid, OperatorExists, OperatorUnknown } from './operators.errors.js';
import { type ListedOperator, type OperatorRow, OperatorsRepository } from './operators.repository.js';

/** Makes and changes operators. Only programs on the server reach it: an operator cannot act on another one. */
@Injectable()
export class OperatorAccountsService {
  constructor(
    private readonly database: Database,
    private readonly operators: OperatorsRepository,
    private readonly sessions: OperatorSessionsRepository,
    private readonly secrets: OperatorSecrets,
    private readonly audit: AuditService,
  ) {}

  /**
   * Returns the token with which the operator sets password and second factor, once. Throws OperatorArgumentInvalid or
   * OperatorExists.
   */
  async create(email: string, addresses: string[]): Promise<string> {
    const canonical = emailOf(email);
    const allowedAddresses = blocksOf(addresses);
    const id = newId();
    const { token, enrolment } = this.secrets.newEnrolment();
    const seedEncrypted = this.secrets.newSeed(id);
    await this.database.acrossTenants(async (tx) => {
      const operator = { id, email: canonical, allowedAddresses, seedEncrypted };
      if (!(await this.operators.insert(tx, operator, enrolment))) throw new OperatorExists();
      await this.record(tx, 'operator.created', id);
    });
    return token;
  }

  list(): Promise<ListedOperator[]> {
    return this.operators.list();
  }

  /** Ends every session at once. Returns false if the operator is disabled. Throws OperatorUnknown. */
  disable(email: string): Promise<boolean> {
    return this.change(email, async (tx, { id }) => {
      if (!(await this.operators.setDisabled(tx, id, true))) return false;
      await this.sessions.endAll(tx, id);
      await this.record(tx, 'operator.disabled', id);
      return true;
    });
  }

  /** Password and second factor are as before. Returns false if the operator is not disabled. Throws OperatorUnknown. */
  enable(email: string): Promise<boolean> {
    return this.change(email, async (tx, { id }) => {
      if (!(await this.operators.setDisabled(tx, id, false))) return false;
      await this.record(tx, 'operator.enabled', id);
      return true;
    });
  }

  /**
   * Replaces the addresses from which the operator may sign in and act, from the next request on: a session goes on where
   * its address is still allowed. Returns false if they are the same. Throws OperatorArgumentInvalid or OperatorUnknown.
   */
  allow(email: string, addresses: string[]): Promise<boolean> {
    const allowedAddresses = blocksOf(addresses);
    return this.change(email, async (tx, { id }) => {
      if (!(await this.operators.setAllowedAddresses(tx, id, allowedAddresses))) return false;
      await this.record(tx, 'operator.addresses_changed', id);
      return true;
    });
  }

  /** Voids the password and ends the sessions. Returns the token that sets another one. Throws OperatorUnknown. */
  resetPassword(email: string): Promise<string> {
    return this.change(email, async (tx, { id }) => {
      const { token, enrolment } = this.secrets.newEnrolment();
      await this.operators.removePassword(tx, id, enrolment);
      await this.sessions.endAll(tx, id);
      await this.record(tx, 'operator.password_reset', id);
      return token;
    });
  }

  /** As `resetPassword`, for the second factor. */
  resetSecondFactor(email: string): Promise<string> {
    return this.change(email, async (tx, { id }) => {
      const { token, enrolment } = this.secrets.newEnrolment();
      const seedEncrypted = this.secrets.newSeed(id);
      await this.operators.replaceSeed(tx, id, seedEncrypted, enrolment);
      await this.sessions.endAll(tx, id);
      await this.record(tx, 'operator.second_factor_reset', id);
      return token;
    });
  }

  /** Acts of the operator that run are finished before, and none begins after it. */
  private change<T>(email: string, work: (tx: Transaction, operator: OperatorRow) => Promise<T>): Promise<T> {
    const canonical = emailOf(email);
    return this.database.acrossTenants(async (tx) => {
      const operator = await this.operators.lockByEmail(tx, canonical);
      if (!operator) throw new OperatorUnknown();
      return work(tx, operator);
    });
  }

  private async record(tx: Transaction, action: AuditAction, id: string): Promise<void> {
    const origin: RequestOrigin = { address: 'server', userAgent: null, requestId: randomId() };
    const event = { action, tenantId: null, actorKind: 'operator', actorId: null } as const;
    await this.audit.record(tx, origin, { ...event, target: { kind: 'operator', id } });
  }
}

function emailOf(text: string): string {
  const email = canonicalEmail(text);
  if (email === null) throw new OperatorArgumentInvalid(`${text} is not an e-mail address`);
  return email;
}

function blocksOf(addresses: string[]): string[] {
  if (addresses.length === 0)
    throw new OperatorArgumentInvalid('Name the addresses that may sign in: --allow 203.0.113.0/24');
  return addresses.map(blockOf);
}

function blockOf(text: string): string {
  const network = parseNetwork(text.trim());
  if (!network)
    throw new OperatorArgumentInvalid(`${text} is neither an address nor a block such as 203.0.113.0/24`);
  return formatNetwork(network);
}

import { Inject, Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { OtpService } from '../otp/otp.service.js';
import { type SecretPurpose, SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SuccessionService } from '../tenants/succession.service.js';
import { User } from './entities/user.entity.js';
import { hasProven } from './proven-identifiers.js';
import { EmailTaken, PhoneTaken } from './users.errors.js';

const LINKS: SecretPurpose[] = ['email-verification', 'password-reset', 'account-restoration'];

/**
 * $1 user, $2 seconds until they are erased, unless they were on their way out: then it stays at that. Without an
 * identifier nothing leads back.
 */
const CLOSE = `
  UPDATE users SET status = 'closed', email = NULL, phone = NULL, pending_email = NULL, updated_at = now(),
    deletion_at = COALESCE(deletion_at, now() + make_interval(secs => $2))
  WHERE id = $1`;

/**
 * Proof wins: whoever proves an identifier has it. An unproven one holds out against nobody, so nobody can sit on a
 * stranger's address or number and wait (no pre-hijacking).
 *
 * Whose proof it is, is told by where it was given. In a session of the account that holds the identifier
 * (verification link, code), the proof is its owner's: `prove`. Given without that session (code, invitation), it is
 * a stranger's as far as we can know: the identifier moves to the prover's account, `releaseUnproven`. A recovery is
 * asked for the account itself: its prover gets it, without anything that was set up before, `takeOver`.
 */
@Injectable()
export class IdentifierProofService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly succession: SuccessionService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * To be called before anything else is locked by whoever may go on to `prove` or `releaseUnproven` and does not hold
   * the identifier: an account that is closed may leave tenants without a leader. Locks `tenantId`, too, where given.
   */
  lockClaim(tx: Tx, identifier: Identifier, tenantId: string | null = null): Promise<void> {
    return this.succession.lockTenantsOfClaimant(tx, identifier, tenantId);
  }

  /**
   * The user has proven the identifier: it is theirs and verified, and what was outstanding for the old one is void.
   * Throws EmailTaken or PhoneTaken where somebody else had proven it before.
   */
  async prove(
    tx: Tx,
    userId: string,
    identifier: Identifier,
    client: Client,
    tenantId: string | null = null,
  ): Promise<void> {
    await this.releaseUnproven(tx, identifier, userId, client);
    await tx.update(User, { id: userId }, proven(identifier));
    await this.secrets.revoke(tx, userId, ['password-reset']);
    if (identifier.kind === 'email') await this.secrets.revoke(tx, userId, ['email-verification']);
    await this.otp.revoke(tx, [identifier]);
    await this.audit.record(tx, client, {
      action: identifier.kind === 'email' ? 'user.email_verified' : 'user.phone_verified',
      tenantId,
      actorId: userId,
      target: { kind: 'user', id: userId },
    });
  }

  /**
   * The account, which had proven nothing, goes to whoever proved one of its identifiers. Another one it holds may
   * be its squatter's, and is dropped: it must not be a way back in. Returns the account as it is now.
   */
  async takeOver(tx: Tx, user: User, identifier: Identifier, client: Client): Promise<User> {
    const other = identifier.kind === 'email' ? { phone: null } : { email: null };
    await tx.update(User, { id: user.id }, { ...other, pendingEmail: null });
    await this.otp.revoke(tx, identifiersOf(user));
    await this.secrets.revoke(tx, user.id, ['email-verification']);
    await this.prove(tx, user.id, identifier, client);
    return { ...user, ...other, ...proven(identifier), pendingEmail: null };
  }

  /**
   * Takes the unproven identifier from whoever else holds it and ends their sessions; an account left without any
   * identifier is closed, and tenants it led alone go to others. Throws EmailTaken or PhoneTaken where it is proven there.
   */
  async releaseUnproven(
    tx: Tx,
    { kind, value }: Identifier,
    proverId: string | null,
    client: Client,
  ): Promise<void> {
    const holder = await tx.findOne(User, { where: { [kind]: value }, lock: { mode: 'for_no_key_update' } });
    if (!holder || holder.id === proverId) return;
    if (hasProven(holder, kind)) throw kind === 'email' ? new EmailTaken() : new PhoneTaken();

    const closes = identifiersOf(holder).length === 1;
    if (closes) await this.close(tx, holder.id, client);
    else await tx.update(User, { id: holder.id }, { [kind]: null });
    const sessions = await this.sessions.endAll(tx, holder.id, 'identifier_lost');
    await this.secrets.revoke(tx, holder.id, LINKS);
    await this.otp.revoke(tx, identifiersOf(holder));
    await this.audit.record(tx, client, {
      action: closes ? 'user.closed' : 'user.updated',
      tenantId: null,
      actorId: proverId,
      target: { kind: 'user', id: holder.id },
      detail: { reason: `${kind}_proven_by_another`, sessions },
    });
  }

  private async close(tx: Tx, userId: string, client: Client): Promise<void> {
    // Locked by `lockClaim`, but for one they joined since
    const tenantIds = await this.succession.lockTenantsOf(tx, userId);
    await tx.query(CLOSE, [userId, this.config.ACCOUNT_DELETION_GRACE_SECONDS]);
    await this.succession.keepLed(tx, tenantIds, client);
  }
}

function proven({ kind, value }: Identifier): Partial<User> {
  return kind === 'email'
    ? { email: value, emailVerifiedAt: new Date(), pendingEmail: null }
    : { phone: value, phoneVerifiedAt: new Date() };
}

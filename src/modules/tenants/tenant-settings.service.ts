import { Inject, Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { companyNameKey } from '../../common/identifiers.js';
import type { Metadata } from '../../common/metadata.js';
import { BeyondBounds } from '../../common/validation-failed.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { auditMonthsOf } from '../audit/audit-months.js';
import { replaced } from '../audit/changes.js';
import { ReissueService } from '../sessions/reissue.service.js';
import { MemberAuthorityService } from './member-authority.service.js';
import {
  type Policies,
  type TenantSettings,
  TenantSettingsRepository,
} from './tenant-settings.repository.js';

export interface SettingsChanges {
  name?: string;
  /** Null removes it. */
  businessType?: string | null;
  policies?: Partial<Policies>;
  /** Null removes it. */
  locale?: string | null;
  /** Null removes it. */
  timeZone?: string | null;
  publicMetadata?: Metadata;
  privateMetadata?: Metadata;
}

const POLICIES = [
  'requireTwoFactor',
  'trustedDevices',
  'apiKeysWithoutExpiry',
  'sessionLifetimeSeconds',
  'invitationDomains',
  'smsDailyBudget',
  'supportAccess',
  'auditSignInsMonths',
  'auditChangesMonths',
] as const satisfies (keyof Policies)[];

const OWN = ['name', 'businessType', 'locale', 'timeZone', 'publicMetadata', 'privateMetadata'] as const;

/** Reads and changes the settings of the actor's tenant. */
@Injectable()
export class TenantSettingsService {
  constructor(
    private readonly database: Database,
    private readonly settings: TenantSettingsRepository,
    private readonly authority: MemberAuthorityService,
    private readonly sessions: ReissueService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async get(actor: Actor): Promise<TenantSettings> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, (tx) => this.read(tx));
  }

  /**
   * Absent fields keep their values. A policy applies at once, also to open sessions: a shorter lifetime may end the
   * actor's own session, and requiring two-factor authentication revokes the access tokens of sessions without one.
   * Throws BeyondBounds if audit events would be kept for a shorter or a longer time than the server allows.
   */
  async update(actor: Actor, changes: SettingsChanges): Promise<TenantSettings> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      await this.authority.lock(tx, actor, 'settings.edit');
      const before = await this.read(tx);
      const changed = fieldsChanged(before, changes);
      if (changed.length === 0) return before;
      this.assertWithinBounds(before.policies, changes.policies);
      const { name } = changes;
      await this.settings.update(tx, {
        ...changes,
        ...(name !== undefined && { nameKey: companyNameKey(name) }),
      });
      const after = await this.read(tx);
      if (after.policies.requireTwoFactor && !before.policies.requireTwoFactor)
        await this.sessions.endAccessTokensWithoutFactor(tx);
      await this.audit.record(tx, actor.origin, {
        action: 'tenant.updated',
        tenantId: tenant.id,
        actorId: actor.userId,
        target: { kind: 'tenant', id: tenant.id },
        detail: {
          fields: changed,
          ...policyChanges(before.policies, after.policies),
        },
      });
      return after;
    });
  }

  /** What is stored may be given back, although the bounds have become narrower: events are kept within them anyway. */
  private assertWithinBounds(before: Policies, after: Partial<Policies> = {}): void {
    const { 'sign-ins': signIns, changes } = auditMonthsOf(this.config);
    for (const [policy, bounds] of [
      ['auditSignInsMonths', signIns],
      ['auditChangesMonths', changes],
    ] as const) {
      const months = after[policy] ?? null;
      const isAllowed = months === null || (months >= bounds.least && months <= bounds.most);
      if (!isAllowed && months !== before[policy])
        throw new BeyondBounds(`#/policies/${policy}`, bounds, months);
    }
  }

  private async read(tx: TenantTransaction): Promise<TenantSettings> {
    const settings = await this.settings.find(tx);
    if (!settings) throw new Error('The tenant of a session does not exist');
    return settings;
  }
}

/** For the audit event: the old and new value of each changed policy. */
function policyChanges(before: Policies, after: Policies): object {
  const changes = POLICIES.map((policy) => replaced<unknown>(policy, before[policy], after[policy]));
  const all = Object.assign({}, ...changes) as object;
  return Object.keys(all).length === 0 ? {} : { policies: all };
}

/** The names of the fields with a new value, for the audit event. */
function fieldsChanged(before: TenantSettings, { policies = {}, ...own }: SettingsChanges): string[] {
  return [
    ...differences(OWN, before, own),
    ...differences(POLICIES, before.policies, policies).map((policy) => `policies.${policy}`),
  ];
}

function differences<Field extends string>(
  fields: readonly Field[],
  before: Record<NoInfer<Field>, unknown>,
  after: Partial<Record<NoInfer<Field>, unknown>>,
): Field[] {
  return fields
    .filter((field) => after[field] !== undefined)
    .filter((field) => JSON.stringify(after[field]) !== JSON.stringify(before[field]));
}

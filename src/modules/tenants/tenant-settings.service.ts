import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { companyNameKey } from '../../common/identifiers.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { replaced } from '../audit/changes.js';
import { ReissueService } from '../sessions/reissue.service.js';
import { MemberAuthorityService } from './member-authority.service.js';

/** A tenant's own policies. They can only be stricter than the server's configuration. */
export interface Policies {
  requireTwoFactor: boolean;
  trustedDevices: boolean;
  apiKeysWithoutExpiry: boolean;
  /** Null: the server's limit, which is also the maximum. */
  sessionLifetimeSeconds: number | null;
  /** In canonical form; if empty, any domain may be invited. */
  invitationDomains: string[];
  /** SMS in 24 hours. Null: the server's budget, which is also the maximum. */
  smsDailyBudget: number | null;
}

export interface TenantSettings {
  id: string;
  slug: string;
  name: string;
  businessType: string | null;
  policies: Policies;
  createdAt: Date;
}

export interface SettingsChanges {
  name?: string;
  businessType?: string;
  policies?: Partial<Policies>;
}

/** The column of each setting. */
const COLUMNS = { name: 'name', businessType: 'business_type' } as const;
const POLICY_COLUMNS = {
  requireTwoFactor: 'require_two_factor',
  trustedDevices: 'allow_trusted_devices',
  apiKeysWithoutExpiry: 'allow_keys_without_expiry',
  sessionLifetimeSeconds: 'session_lifetime_seconds',
  invitationDomains: 'invitation_domains',
  smsDailyBudget: 'sms_daily_budget',
} as const satisfies Record<keyof Policies, string>;

const READ_SETTINGS = `
  SELECT id, slug, name, business_type AS "businessType", created_at AS "createdAt",
    json_build_object(${Object.entries(POLICY_COLUMNS)
      .map(([policy, column]) => `'${policy}', ${column}`)
      .join(', ')}) AS policies
  FROM tenants WHERE id = $1`;

interface Change {
  /** The name in the audit event. */
  field: string;
  column: string;
  value: unknown;
}

/** Reads and changes the name and the policies of the actor's tenant. */
@Injectable()
export class TenantSettingsService {
  constructor(
    private readonly database: Database,
    private readonly authority: MemberAuthorityService,
    private readonly sessions: ReissueService,
    private readonly audit: AuditService,
  ) {}

  async get(actor: Actor): Promise<TenantSettings> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, (tx) => this.read(tx));
  }

  /**
   * Absent fields keep their values. A policy applies at once, also to open sessions: a shorter lifetime may end the
   * actor's own session, and requiring two-factor authentication revokes the access tokens of sessions without one.
   */
  async update(actor: Actor, changes: SettingsChanges): Promise<TenantSettings> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, async (tx) => {
      await this.authority.lock(tx, actor, 'settings.edit');
      const before = await this.read(tx);
      const changed = changesOf(before, changes);
      if (changed.length === 0) return before;
      const columns = [...changed, ...nameKeyOf(changes)].map(
        ({ column }, index) => `${column} = $${index + 2}`,
      );
      const values = [...changed, ...nameKeyOf(changes)].map(({ value }) => value);
      await tx.execute(`UPDATE tenants SET ${columns.join(', ')}, updated_at = now() WHERE id = $1`, [
        tenant.id,
        ...values,
      ]);
      const after = await this.read(tx);
      if (after.policies.requireTwoFactor && !before.policies.requireTwoFactor)
        await this.sessions.endAccessTokensWithoutFactor(tx);
      await this.audit.record(tx, actor.origin, {
        action: 'tenant.updated',
        tenantId: tenant.id,
        actorId: actor.userId,
        target: { kind: 'tenant', id: tenant.id },
        detail: {
          fields: changed.map(({ field }) => field),
          ...policyChanges(before.policies, after.policies),
        },
      });
      return after;
    });
  }

  private async read(tx: TenantTransaction): Promise<TenantSettings> {
    const settings = await tx.one<TenantSettings>(READ_SETTINGS, [tx.tenantId]);
    if (!settings) throw new Error('The tenant of a session does not exist');
    return settings;
  }
}

/** The form of the new name in which names are compared. */
const nameKeyOf = ({ name }: SettingsChanges): Pick<Change, 'column' | 'value'>[] =>
  name === undefined ? [] : [{ column: 'name_key', value: companyNameKey(name) }];

/** For the audit event: the old and new value of each changed policy. */
function policyChanges(before: Policies, after: Policies): object {
  const policies = Object.keys(POLICY_COLUMNS) as (keyof Policies)[];
  const changes = policies.map((policy) => replaced<unknown>(policy, before[policy], after[policy]));
  const all = Object.assign({}, ...changes) as object;
  return Object.keys(all).length === 0 ? {} : { policies: all };
}

function changesOf(before: TenantSettings, { policies = {}, ...own }: SettingsChanges): Change[] {
  return [
    ...differences(COLUMNS, before, own, ''),
    ...differences(POLICY_COLUMNS, before.policies, policies, 'policies.'),
  ];
}

function differences<Field extends string>(
  columns: Record<Field, string>,
  before: Record<NoInfer<Field>, unknown>,
  after: Partial<Record<NoInfer<Field>, unknown>>,
  prefix: string,
): Change[] {
  return (Object.keys(columns) as Field[])
    .filter((field) => after[field] !== undefined)
    .filter((field) => JSON.stringify(after[field]) !== JSON.stringify(before[field]))
    .map((field) => ({ field: prefix + field, column: columns[field], value: after[field] }));
}

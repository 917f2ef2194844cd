import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { SupportAccess } from '../../../common/support-access.js';

/** A customer company, with its policy. */
@Entity('tenants')
@Unique('tenants_slug_key', ['slug'])
@Check('tenants_session_lifetime_seconds_check', 'session_lifetime_seconds >= 300')
@Check('tenants_sms_daily_budget_check', 'sms_daily_budget >= 0')
@Check(
  'tenants_audit_sign_ins_months_check',
  '(audit_sign_ins_months >= 1) AND (audit_sign_ins_months <= 1200)',
)
@Check(
  'tenants_audit_changes_months_check',
  '(audit_changes_months >= 12) AND (audit_changes_months <= 1200)',
)
@Check('tenants_deletion_at_check', "(deletion_at IS NULL) OR (status = 'suspended')")
@Check('tenants_status_check', "status IN ('active', 'suspended')")
@Check('tenants_support_access_check', "support_access IN ('none', 'read', 'write')")
@Index('tenants_active_idx', ['id'], { where: "status = 'active'" })
@Index('tenants_audit_retention_idx', ['auditSignInsMonths', 'auditChangesMonths'], {
  where: 'audit_sign_ins_months IS NOT NULL OR audit_changes_months IS NOT NULL',
})
@Index('tenants_deletion_at_idx', ['deletionAt'], { where: 'deletion_at IS NOT NULL' })
@Index('tenants_external_id_key', ['externalId'], { unique: true, where: 'external_id IS NOT NULL' })
@Index('tenants_name_key_idx', ['nameKey'])
@Index('tenants_suspended_idx', ['id'], { where: "status = 'suspended'" })
export class TenantEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'tenants_pkey' })
  id: string;

  /** Public. */
  @Column('text')
  slug: string;

  @Column('text')
  name: string;

  @Column('text', { name: 'business_type', nullable: true })
  businessType: string | null;

  @Column('text', { default: 'active' })
  status: 'active' | 'suspended';

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;

  /** Members without a second factor must enrol. */
  @Column('boolean', { name: 'require_two_factor', default: false })
  requireTwoFactor: boolean;

  /** What operators may do in the place of members. */
  @Column('text', { name: 'support_access', default: 'read' })
  supportAccess: SupportAccess;

  @Column('boolean', { name: 'allow_trusted_devices', default: false })
  allowTrustedDevices: boolean;

  @Column('boolean', { name: 'allow_keys_without_expiry', default: false })
  allowKeysWithoutExpiry: boolean;

  /** Null: the server's setting applies. */
  @Column('integer', { name: 'session_lifetime_seconds', nullable: true })
  sessionLifetimeSeconds: number | null;

  /** Empty: any domain may be invited. */
  @Column('text', { name: 'invitation_domains', array: true, default: () => "'{}'" })
  invitationDomains: string[];

  /** Null: the server's setting applies. */
  @Column('integer', { name: 'sms_daily_budget', nullable: true })
  smsDailyBudget: number | null;

  /** For how many months after the end of a month its sign-ins are kept, within the server's bounds. Null: its setting. */
  @Column('integer', { name: 'audit_sign_ins_months', nullable: true })
  auditSignInsMonths: number | null;

  /** As `auditSignInsMonths`, of changes. */
  @Column('integer', { name: 'audit_changes_months', nullable: true })
  auditChangesMonths: number | null;

  /** The name in the form in which names are compared. Not unique, since two contracts allow equal names. Null in rows of an earlier version. */
  @Column('text', { name: 'name_key', nullable: true })
  nameKey: string | null;

  /** Set by an operator: from then on the tenant may be erased. Until then it is suspended. */
  @Column('timestamptz', { name: 'deletion_at', nullable: true })
  deletionAt: Date | null;
  /** The id that an imported tenant had before. */
  @Column('text', { name: 'external_id', nullable: true, select: false })
  externalId?: string | null;

  /** A canonical BCP 47 tag: the language of messages to members who have chosen none. */
  @Column('text', { nullable: true })
  locale: string | null;

  /** A name of the IANA database. */
  @Column('text', { name: 'time_zone', nullable: true })
  timeZone: string | null;

  /** Read by those who may view the settings. */
  @Column('jsonb', { name: 'public_metadata', default: () => "'{}'" })
  publicMetadata: object;

  /** Read by those who may change the settings. */
  @Column('jsonb', { name: 'private_metadata', default: () => "'{}'" })
  privateMetadata: object;

  /** The key of the product in which the tenant was created. Null in rows of an earlier version. */
  @Column('text', { nullable: true })
  product: string | null;
}

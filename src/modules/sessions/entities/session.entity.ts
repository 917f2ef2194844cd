import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A session of a person, in one tenant or in none. Deleting the membership deletes it. */
@Entity('sessions')
@ForeignKey('MembershipEntity', ['tenantId', 'userId'], ['tenantId', 'userId'], {
  name: 'sessions_membership_fkey',
  onDelete: 'CASCADE',
})
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'sessions_user_id_fkey', onDelete: 'CASCADE' })
@Index('sessions_expires_at_idx', ['expiresAt'])
@Index('sessions_not_revoked_idx', ['userId', 'createdAt', 'id'], { where: 'revoked_at IS NULL' })
@Index('sessions_tenant_id_idx', ['tenantId', 'userId'])
@Index('sessions_user_agent_idx', ['userId', 'userAgent'])
@Index('sessions_user_id_idx', ['userId', 'createdAt'])
export class SessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('uuid', { name: 'tenant_id', nullable: true })
  tenantId: string | null;

  /** The refresh token of this generation is the valid one; nothing of it is stored. */
  @Column('integer', { default: 0 })
  generation: number;

  @Column('timestamptz', { name: 'rotated_at', nullable: true })
  rotatedAt: Date | null;

  /** Access tokens of another version are refused. */
  @Column('integer', { name: 'token_version', default: 0 })
  tokenVersion: number;

  /** RFC 8176. */
  @Column('text', { array: true })
  methods: string[];

  @Column('timestamptz', { name: 'authenticated_at', default: () => 'now()' })
  authenticatedAt: Date;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column('text')
  address: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', default: () => 'now()' })
  lastUsedAt: Date;

  @Column('timestamptz', { name: 'idle_expires_at' })
  idleExpiresAt: Date;

  /** The absolute end; it never changes. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('text', { name: 'revoked_reason', nullable: true })
  revokedReason: string | null;

  /** For the contract without refresh tokens; all others are renewed by their refresh token alone. */
  @Column('boolean', { name: 'renewable_by_access_token', default: false })
  renewableByAccessToken: boolean;

  /** Of a browser: its refresh tokens are accepted in the cookie only. */
  @Column('boolean', { name: 'in_cookie', default: false })
  inCookie: boolean;

  /** The token version of the present refresh tokens: those of another version are refused. */
  @Column('integer', { name: 'refresh_version', default: 0 })
  refreshVersion: number;

  /** The version of a pair that was issued and not used yet. Its first use revokes the older pair. */
  @Column('integer', { name: 'successor_version', nullable: true })
  successorVersion: number | null;

  @Column('integer', { name: 'refresh_count', default: 0 })
  refreshCount: number;

  @Column('timestamptz', { name: 'first_refreshed_at', nullable: true })
  firstRefreshedAt: Date | null;

  @Column('timestamptz', { name: 'last_refreshed_at', nullable: true })
  lastRefreshedAt: Date | null;

  /** Of the last refresh; null before the first. */
  @Column('text', { name: 'last_address', nullable: true })
  lastAddress: string | null;

  @Column('text', { name: 'last_user_agent', nullable: true })
  lastUserAgent: string | null;

  /** The last refresh from another block of addresses or another user agent than the one before. */
  @Column('timestamptz', { name: 'moved_at', nullable: true })
  movedAt: Date | null;
}

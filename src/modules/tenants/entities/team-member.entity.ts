import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A membership in a team. */
@Entity('team_members')
@ForeignKey('MembershipEntity', ['tenantId', 'membershipId'], ['tenantId', 'id'], {
  name: 'team_members_membership_fkey',
  onDelete: 'CASCADE',
})
@ForeignKey('TeamEntity', ['tenantId', 'teamId'], ['tenantId', 'id'], {
  name: 'team_members_team_fkey',
  onDelete: 'CASCADE',
})
@Index('team_members_team_idx', ['tenantId', 'teamId', 'membershipId'])
export class TeamMemberEntity {
  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  @PrimaryColumn('uuid', { name: 'team_id', primaryKeyConstraintName: 'team_members_pkey' })
  teamId: string;

  @PrimaryColumn('uuid', { name: 'membership_id', primaryKeyConstraintName: 'team_members_pkey' })
  membershipId: string;
}

import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A team that the invited person joins. */
@Entity('invitation_teams')
@ForeignKey('InvitationEntity', ['tenantId', 'invitationId'], ['tenantId', 'id'], {
  name: 'invitation_teams_invitation_fkey',
  onDelete: 'CASCADE',
})
@ForeignKey('TeamEntity', ['tenantId', 'teamId'], ['tenantId', 'id'], {
  name: 'invitation_teams_team_fkey',
  onDelete: 'CASCADE',
})
@Index('invitation_teams_team_idx', ['tenantId', 'teamId'])
export class InvitationTeamEntity {
  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  @PrimaryColumn('uuid', { name: 'invitation_id', primaryKeyConstraintName: 'invitation_teams_pkey' })
  invitationId: string;

  @PrimaryColumn('uuid', { name: 'team_id', primaryKeyConstraintName: 'invitation_teams_pkey' })
  teamId: string;
}

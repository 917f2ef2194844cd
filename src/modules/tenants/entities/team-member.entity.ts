import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('team_members')
export class TeamMemberEntity {
  @PrimaryColumn('uuid', { name: 'membership_id' })
  membershipId: string;

  @PrimaryColumn('uuid', { name: 'team_id' })
  teamId: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;
}

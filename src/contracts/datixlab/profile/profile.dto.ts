import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Caller, effectiveIdentityOf, type Identity, mustEnrol } from '../../../common/actor.js';
import { EmailField, FullNameField, PasswordField, SecondFactorCodeField } from '../../shared/fields.js';
import { TIME_EXAMPLE, UserDto } from '../auth/user.dto.js';
import { toTime } from '../time.js';

export class MeDto extends UserDto {
  @ApiProperty({ type: [String], example: ['agent_abc', 'agent_def'] })
  assigned_agents: string[];

  @ApiProperty({ format: 'date-time', example: TIME_EXAMPLE })
  created_at: string;

  @ApiPropertyOptional({
    example: 'john.smith@example.com',
    description: 'A requested new address: takes effect when its link is opened',
  })
  pending_email?: string;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The organisation requires two-factor authentication: until you turn it on, organisation and role are ' +
      'absent',
  })
  two_factor_enrolment_required?: true;

  static of(caller: Caller): MeDto {
    const me = MeDto.from(effectiveIdentityOf(caller));
    if (mustEnrol(caller)) me.two_factor_enrolment_required = true;
    return me;
  }

  static override from(state: Identity): MeDto {
    const { pendingEmail, createdAt } = state.user;
    return {
      ...UserDto.from(state),
      assigned_agents: state.membership?.assignedAgents ?? [],
      created_at: toTime(createdAt),
      pending_email: pendingEmail ?? undefined,
    };
  }
}

export class UpdateMeDto {
  @FullNameField({ optional: true, example: 'John Smith' })
  full_name?: string;

  @EmailField({
    optional: true,
    nullable: true,
    example: 'john.smith@example.com',
    description:
      'Stays `pending_email` until the link sent there is opened. Null only where there is none: no address is removed',
  })
  email?: string | null;

  @PasswordField({
    optional: true,
    example: undefined,
    description: 'For a new e-mail address, unless the sign-in is recent',
  })
  current_password?: string;

  @SecondFactorCodeField({
    optional: true,
    example: undefined,
    description: 'With `current_password`, if two-factor authentication is on',
  })
  code?: string;
}

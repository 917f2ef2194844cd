import { ApiProperty } from '@nestjs/swagger';
import type { SignedInOperator } from '../../modules/operator-accounts/signed-in-operator.js';
import type { OperatorAct } from '../../modules/operators/operator-act.js';
import { TextField } from '../shared/fields.js';

/** What every act takes. */
export class ActDto {
  @TextField({
    example: 'Reported for fraud',
    description: 'Why, for the operators’ audit trail; not empty',
  })
  reason: string;

  @TextField({
    example: 'case 4711',
    description: 'The support case; the tenants concerned see it in their audit trail; not empty',
  })
  reference: string;

  static toAct({ reason, reference }: ActDto, by: SignedInOperator): OperatorAct {
    return { reason, reference, by };
  }
}

/** What an act changed. */
export class ChangeDto {
  @ApiProperty({ example: true, description: 'False if it was so already: then nothing is recorded' })
  changed: boolean;

  static from(changed: boolean): ChangeDto {
    return { changed };
  }
}

export class EndedSessionsDto {
  @ApiProperty({ example: true, description: 'False if it was so already: then nothing is recorded' })
  changed: boolean;

  @ApiProperty({ type: 'integer', example: 2, description: 'The sessions that ended' })
  sessions: number;

  static from({ changed = true, sessions }: { changed?: boolean; sessions: number }): EndedSessionsDto {
    return { changed, sessions };
  }
}

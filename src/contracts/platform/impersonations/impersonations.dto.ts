import { ApiProperty } from '@nestjs/swagger';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import type { ImpersonationToken } from '../../../modules/sessions/impersonations.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { UuidField } from '../../shared/fields.js';
import { ActDto } from '../act.dto.js';

export class ImpersonateDto extends ActDto {
  @UuidField({
    example: PLACEHOLDERS.organisationId,
    description: 'The tenant to enter, of which the person is an active member; it determines the product',
  })
  tenantId: string;

  static toOrder({ reason, reference }: ImpersonateDto, by: SignedInOperator) {
    return { reason, reference, by };
  }
}

export class ImpersonationDto {
  @ApiProperty({
    example: PLACEHOLDERS.accessToken,
    description:
      'For the contract of the tenant’s product. `act.sub` is your id (RFC 8693 §4.1). There is no refresh token',
  })
  accessToken: string;

  @ApiProperty({ enum: ['Bearer'] })
  tokenType: 'Bearer';

  @ApiProperty({ type: 'integer', example: 900, description: 'Seconds; it is not renewed' })
  expiresIn: number;

  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.sessionId })
  sessionId: string;

  @ApiProperty({ enum: ['read', 'write'], example: 'read', description: 'What the tenant allows at present' })
  access: 'read' | 'write';

  static from({ accessToken, expiresIn, state }: ImpersonationToken): ImpersonationDto {
    const { sessionId, impersonation } = state;
    return {
      accessToken,
      tokenType: 'Bearer',
      expiresIn,
      sessionId,
      access: impersonation?.access ?? 'read',
    };
  }
}

export class ImpersonationIdDto {
  @UuidField({ example: PLACEHOLDERS.sessionId, description: 'The id of the session' })
  id: string;
}

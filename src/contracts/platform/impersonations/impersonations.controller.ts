import { Body, Controller, Delete, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentOperator } from '../../../access/request.js';
import { MESSAGE_PROBLEMS } from '../../../modules/messaging/messaging.errors.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { ImpersonationService } from '../../../modules/operators/impersonation.service.js';
import { Operation } from '../../shared/operation.js';
import { PersonIdDto } from '../people/people.dto.js';
import { ImpersonateDto, ImpersonationDto, ImpersonationIdDto } from './impersonations.dto.js';

@ApiTags('Impersonation')
@Controller()
export class ImpersonationsController {
  constructor(private readonly impersonations: ImpersonationService) {}

  @Post('people/:id/impersonate')
  @Authorize.operator()
  @Operation('Act in the place of a person', {
    status: 200,
    returns: ImpersonationDto,
    description:
      'Opens a session of at most 15 minutes, and ends your earlier one in the place of the person. It only reads, unless the ' +
      'tenant’s policy `supportAccess` lets operators write, and never reaches credentials, factors, keys, sessions, rights, ' +
      'exports or deletions. The person is told, sees it among their sessions, and can end it: while no message may be sent to the person, none ' +
      'opens. It ends with your own.',
    problems: ['not_found', 'support_access_not_allowed', ...MESSAGE_PROBLEMS],
  })
  async impersonate(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
    @Body() body: ImpersonateDto,
  ): Promise<ImpersonationDto> {
    const order = ImpersonateDto.toOrder(body, by);
    return ImpersonationDto.from(await this.impersonations.start(id, body.tenantId, order));
  }

  @Delete('impersonations/:id')
  @Authorize.operator()
  @Operation('End a session of yours in the place of a person', { status: 204, problems: ['not_found'] })
  endImpersonation(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: ImpersonationIdDto,
  ): Promise<void> {
    return this.impersonations.end(by, id);
  }
}

import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentOperator } from '../../../access/request.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { LimitsService } from '../../../modules/operators/limits.service.js';
import { Operation } from '../../shared/operation.js';
import { ActDto } from '../act.dto.js';
import { IdentifierDto } from '../identifier.dto.js';
import { LiftLimitsDto, LimitDto } from './limits.dto.js';

@ApiTags('Limits')
@Controller('limits')
export class LimitsController {
  constructor(private readonly limits: LimitsService) {}

  @Post('find')
  @Authorize.operator()
  @Operation('List what slows guesses at an account down', {
    status: 200,
    returns: [LimitDto],
    description: 'By the identifier, whether or not somebody has it.',
    problems: ['not_found'],
  })
  async findLimits(
    @CurrentOperator() by: SignedInOperator,
    @Body() { identifier }: IdentifierDto,
  ): Promise<LimitDto[]> {
    return (await this.limits.list(by, identifier)).map((limit) => LimitDto.from(limit));
  }

  @Post('lift')
  @Authorize.operator()
  @Operation('Lift what slows guesses at an account down', {
    status: 204,
    description: 'The failures of the identifier and of its account are counted from zero.',
    problems: ['not_found'],
  })
  liftLimits(@CurrentOperator() by: SignedInOperator, @Body() body: LiftLimitsDto): Promise<void> {
    return this.limits.lift(body.identifier, ActDto.toAct(body, by));
  }
}

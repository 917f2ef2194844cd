import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentOperator } from '../../../access/request.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { RecordsService } from '../../../modules/operators/records.service.js';
import { Operation } from '../../shared/operation.js';
import { IdentifierDto } from '../identifier.dto.js';
import { PersonIdDto, PersonRecordDto } from './people.dto.js';

const RECORDED = 'Recorded in the operators’ audit trail.';

@ApiTags('People')
@Controller('people')
export class PeopleController {
  constructor(private readonly records: RecordsService) {}

  @Post('find')
  @Authorize.operator()
  @Operation('Find a person', {
    status: 200,
    returns: PersonRecordDto,
    description: RECORDED,
    problems: ['not_found'],
  })
  async findPerson(
    @CurrentOperator() by: SignedInOperator,
    @Body() { identifier }: IdentifierDto,
  ): Promise<PersonRecordDto> {
    return PersonRecordDto.from(await this.records.findPerson(by, identifier));
  }

  @Get(':id')
  @Authorize.operator()
  @Operation('Read a person', {
    status: 200,
    returns: PersonRecordDto,
    description: RECORDED,
    problems: ['not_found'],
  })
  async getPerson(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
  ): Promise<PersonRecordDto> {
    return PersonRecordDto.from(await this.records.readPerson(by, id));
  }
}

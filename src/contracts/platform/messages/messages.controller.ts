import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentOperator } from '../../../access/request.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { RecordsService } from '../../../modules/operators/records.service.js';
import { Operation } from '../../shared/operation.js';
import { IdentifierDto } from '../identifier.dto.js';
import { MessageStateDto } from './messages.dto.js';

@ApiTags('Messages')
@Controller('messages')
export class MessagesController {
  constructor(private readonly records: RecordsService) {}

  @Post('find')
  @Authorize.operator()
  @Operation('List the messages to an address or a number', {
    status: 200,
    returns: [MessageStateDto],
    description: 'The newest hundred, with what became of them. What they say is not shown to anybody.',
    problems: ['not_found'],
  })
  async findMessages(
    @CurrentOperator() by: SignedInOperator,
    @Body() { identifier }: IdentifierDto,
  ): Promise<MessageStateDto[]> {
    return (await this.records.listMessages(by, identifier)).map((message) => MessageStateDto.from(message));
  }
}

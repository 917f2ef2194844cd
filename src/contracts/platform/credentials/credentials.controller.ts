import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentOperator } from '../../../access/request.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { CredentialRevokerService } from '../../../modules/operators/credential-revoker.service.js';
import { RecordsService } from '../../../modules/operators/records.service.js';
import { Operation } from '../../shared/operation.js';
import { ActDto } from '../act.dto.js';
import { PersonIdDto } from '../people/people.dto.js';
import { FindKeyDto, KeyIdDto, KeyRecordDto, SessionIdDto, SessionRecordDto } from './credentials.dto.js';

@ApiTags('Sessions and keys')
@Controller()
export class CredentialsController {
  constructor(
    private readonly records: RecordsService,
    private readonly revoker: CredentialRevokerService,
  ) {}

  @Get('people/:id/sessions')
  @Authorize.operator()
  @Operation('List the open sessions of a person', {
    status: 200,
    returns: [SessionRecordDto],
    problems: ['not_found'],
  })
  async listSessionsOfPerson(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
  ): Promise<SessionRecordDto[]> {
    return (await this.records.listSessions(by, id)).map((session) => SessionRecordDto.from(session));
  }

  @Get('people/:id/api-keys')
  @Authorize.operator()
  @Operation('List the API keys of a person', {
    status: 200,
    returns: [KeyRecordDto],
    description: 'Newest first, also those that no longer work.',
    problems: ['not_found'],
  })
  async listKeysOfPerson(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
  ): Promise<KeyRecordDto[]> {
    return (await this.records.listKeys(by, id)).map((key) => KeyRecordDto.from(key));
  }

  @Post('api-keys/find')
  @Authorize.operator()
  @Operation('Find an API key by its text', { status: 200, returns: KeyRecordDto, problems: ['not_found'] })
  async findKey(@CurrentOperator() by: SignedInOperator, @Body() { key }: FindKeyDto): Promise<KeyRecordDto> {
    return KeyRecordDto.from(await this.records.findKey(by, key));
  }

  @Post('sessions/:id/revoke')
  @Authorize.operator()
  @Operation('End a session', { status: 204, problems: ['not_found'] })
  revokeSession(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: SessionIdDto,
    @Body() act: ActDto,
  ): Promise<void> {
    return this.revoker.endSession(id, ActDto.toAct(act, by));
  }

  @Post('api-keys/:id/revoke')
  @Authorize.operator()
  @Operation('Revoke an API key', { status: 204, problems: ['not_found'] })
  revokeKey(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: KeyIdDto,
    @Body() act: ActDto,
  ): Promise<void> {
    return this.revoker.revokeKey(id, ActDto.toAct(act, by));
  }
}

import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { Idempotent } from '../../../access/idempotent.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { ApiKeyListService } from '../../../modules/api-keys/api-key-list.service.js';
import { ApiKeysService } from '../../../modules/api-keys/api-keys.service.js';
import { Operation } from '../../shared/operation.js';
import { SuccessDto } from '../responses.js';
import {
  ApiKeyIdDto,
  ApiKeyListDto,
  ApiKeyPageQueryDto,
  CreateApiKeyDto,
  IssuedApiKeyDto,
} from './api-keys.dto.js';

@ApiTags('API keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly keyList: ApiKeyListService,
  ) {}

  @Post()
  @Authorize('apiKeys.create', { impersonation: 'never' })
  @Operation('Generate an API key', {
    status: 201,
    returns: IssuedApiKeyDto,
    description:
      'For a program that acts for you in this organisation, with at most your own permissions. The response ' +
      'contains the key, only this once. Send it as `Authorization: Bearer` or as `X-API-Key`.',
    problems: ['api_key_limit_reached'],
  })
  @Idempotent()
  async createApiKey(@CurrentActor() actor: Actor, @Body() body: CreateApiKeyDto): Promise<IssuedApiKeyDto> {
    const { name, description, expires_in_days: expiresInDays } = body;
    return IssuedApiKeyDto.from(await this.apiKeys.create(actor, { name, description, expiresInDays }));
  }

  @Get()
  @Authorize('apiKeys.view')
  @Operation('List API keys', {
    status: 200,
    returns: ApiKeyListDto,
    description:
      'Your own API keys, those of members below your level and, at the top level, those of other top-level ' +
      'members. Newest first, without revoked keys.',
  })
  async listApiKeys(@CurrentActor() actor: Actor, @Query() page: ApiKeyPageQueryDto): Promise<ApiKeyListDto> {
    return ApiKeyListDto.from(await this.keyList.list(actor, page));
  }

  @Delete(':key_id')
  @Authorize('apiKeys.delete', { impersonation: 'never' })
  @Operation('Revoke an API key', {
    status: 200,
    returns: SuccessDto,
    description: 'Every server refuses the key at once.',
    problems: ['not_found'],
  })
  async revokeApiKey(@CurrentActor() actor: Actor, @Param() { key_id }: ApiKeyIdDto): Promise<SuccessDto> {
    await this.apiKeys.revoke(actor, key_id);
    return SuccessDto.of('API key revoked');
  }
}

import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { Idempotent } from '../../../access/idempotent.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { ApiKeyListService } from '../../../modules/api-keys/api-key-list.service.js';
import { ApiKeyRotationService } from '../../../modules/api-keys/api-key-rotation.service.js';
import { ApiKeysService } from '../../../modules/api-keys/api-keys.service.js';
import { Operation } from '../../shared/operation.js';
import {
  ApiKeyDto,
  ApiKeyIdDto,
  ApiKeyPageDto,
  ApiKeyPageQueryDto,
  ApiKeyUsageDto,
  ApiKeyUsageQueryDto,
  CreateApiKeyDto,
  IssuedApiKeyDto,
  RotateApiKeyDto,
  UpdateApiKeyDto,
} from './api-keys.dto.js';

// In the order in which the documented examples work: operations that end a key come last
@ApiTags('API keys')
@Controller('auth/api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly rotation: ApiKeyRotationService,
    private readonly keyList: ApiKeyListService,
  ) {}

  @Post()
  @Authorize('apiKeys.create', { impersonation: 'never' })
  @Operation('Create an API key', {
    status: 201,
    returns: IssuedApiKeyDto,
    description:
      'For a program that acts for you in this organisation, within the scopes and your own permissions. The ' +
      'response contains the key, only this once.',
    problems: ['scope_not_held', 'api_key_expiry_required', 'api_key_limit_reached'],
  })
  @Idempotent()
  async createApiKey(@CurrentActor() actor: Actor, @Body() body: CreateApiKeyDto): Promise<IssuedApiKeyDto> {
    return IssuedApiKeyDto.from(await this.apiKeys.create(actor, CreateApiKeyDto.toNewKey(body)));
  }

  @Get()
  @Authorize('apiKeys.view')
  @Operation('List the API keys of this organisation', {
    status: 200,
    returns: ApiKeyPageDto,
    description:
      'Your own API keys, those of members below your level and, at the top level, those of other top-level ' +
      'members. Newest first, without revoked keys.',
  })
  async listApiKeys(@CurrentActor() actor: Actor, @Query() page: ApiKeyPageQueryDto): Promise<ApiKeyPageDto> {
    return ApiKeyPageDto.from(await this.keyList.list(actor, page));
  }

  @Post(':id/rotate')
  @Authorize('apiKeys.edit', { impersonation: 'never' })
  @Operation('Give one of your API keys a new secret', {
    status: 200,
    returns: IssuedApiKeyDto,
    description:
      'The previous secret stays valid for `overlapSeconds`; older ones are invalid at once. The key is valid ' +
      'for its original duration again.',
    problems: ['not_found', 'api_key_limit_reached'],
  })
  @Idempotent()
  async rotateApiKey(
    @CurrentActor() actor: Actor,
    @Param() { id }: ApiKeyIdDto,
    @Body() { overlapSeconds }: RotateApiKeyDto,
  ): Promise<IssuedApiKeyDto> {
    return IssuedApiKeyDto.from(await this.rotation.rotate(actor, id, overlapSeconds));
  }

  @Get(':id/usage')
  @Authorize('apiKeys.view')
  @Operation('How much an API key is used', {
    status: 200,
    returns: ApiKeyUsageDto,
    description: 'Counts every request with the key, including those denied for a missing permission.',
    problems: ['not_found'],
  })
  async getApiKeyUsage(
    @CurrentActor() actor: Actor,
    @Param() { id }: ApiKeyIdDto,
    @Query() { days }: ApiKeyUsageQueryDto,
  ): Promise<ApiKeyUsageDto> {
    return ApiKeyUsageDto.from(await this.keyList.usage(actor, id, days));
  }

  @Get(':id')
  @Authorize('apiKeys.view')
  @Operation('See an API key', { status: 200, returns: ApiKeyDto, problems: ['not_found'] })
  async getApiKey(@CurrentActor() actor: Actor, @Param() { id }: ApiKeyIdDto): Promise<ApiKeyDto> {
    return ApiKeyDto.from(await this.keyList.get(actor, id));
  }

  @Patch(':id')
  @Authorize('apiKeys.edit', { impersonation: 'never' })
  @Operation('Rename one of your API keys', { status: 200, returns: ApiKeyDto, problems: ['not_found'] })
  async updateApiKey(
    @CurrentActor() actor: Actor,
    @Param() { id }: ApiKeyIdDto,
    @Body() body: UpdateApiKeyDto,
  ): Promise<ApiKeyDto> {
    return ApiKeyDto.from(await this.apiKeys.update(actor, id, body));
  }

  @Delete(':id')
  @Authorize('apiKeys.delete', { impersonation: 'never' })
  @Operation('Revoke an API key', {
    status: 204,
    description:
      'Every server refuses the key at once. For your own keys, and those of other members that you can see.',
    problems: ['not_found'],
  })
  async revokeApiKey(@CurrentActor() actor: Actor, @Param() { id }: ApiKeyIdDto): Promise<void> {
    await this.apiKeys.revoke(actor, id);
  }
}

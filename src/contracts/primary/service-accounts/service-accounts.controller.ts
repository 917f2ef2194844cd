import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { Idempotent } from '../../../access/idempotent.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { ServiceAccountsService } from '../../../modules/service-accounts/service-accounts.service.js';
import { Operation } from '../../shared/operation.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import {
  CreateServiceAccountDto,
  IssuedServiceAccountDto,
  RotateServiceAccountDto,
  ServiceAccountDto,
  ServiceAccountIdDto,
  ServiceAccountPageDto,
  UpdateServiceAccountDto,
} from './service-accounts.dto.js';

/** An administrator’s: a service account outlives the membership of the person who makes it. */
const ADMINISTRATOR = { level: 80 } as const;

@ApiTags('Service accounts')
@Controller('tenants/current/service-accounts')
export class ServiceAccountsController {
  constructor(private readonly accounts: ServiceAccountsService) {}

  @Post()
  @Authorize('apiKeys.create', { ...ADMINISTRATOR, impersonation: 'never' })
  @Operation('Create a service account', {
    status: 201,
    returns: IssuedServiceAccountDto,
    description:
      'A machine client of this organisation: it gets access tokens at `POST /oauth/token`, and acts for no person. ' +
      'The response contains its secret, only this once.',
    problems: ['scope_not_held', 'service_account_limit_reached'],
  })
  @Idempotent()
  async createServiceAccount(
    @CurrentActor() actor: Actor,
    @Body() body: CreateServiceAccountDto,
  ): Promise<IssuedServiceAccountDto> {
    const account = CreateServiceAccountDto.toNewAccount(body);
    return IssuedServiceAccountDto.from(await this.accounts.create(actor, account));
  }

  @Get()
  @Authorize('apiKeys.view', ADMINISTRATOR)
  @Operation('List the service accounts', {
    status: 200,
    returns: ServiceAccountPageDto,
    description: 'In the order of creation, without revoked ones.',
  })
  async listServiceAccounts(
    @CurrentActor() actor: Actor,
    @Query() page: PageQueryDto,
  ): Promise<ServiceAccountPageDto> {
    return ServiceAccountPageDto.from(await this.accounts.list(actor, PageQueryDto.toRequest(page)));
  }

  @Post(':id/rotate')
  @Authorize('apiKeys.edit', { ...ADMINISTRATOR, impersonation: 'never' })
  @Operation('Give a service account a new secret', {
    status: 200,
    returns: IssuedServiceAccountDto,
    description:
      'The previous secret stays valid for `overlapSeconds`; older ones are invalid at once. Access tokens stay valid. ' +
      'You must hold every permission that the account has as a scope.',
    problems: ['not_found', 'scope_not_held', 'service_account_without_secret'],
  })
  @Idempotent()
  async rotateServiceAccount(
    @CurrentActor() actor: Actor,
    @Param() { id }: ServiceAccountIdDto,
    @Body() { overlapSeconds }: RotateServiceAccountDto,
  ): Promise<IssuedServiceAccountDto> {
    return IssuedServiceAccountDto.from(await this.accounts.rotate(actor, id, overlapSeconds));
  }

  @Get(':id')
  @Authorize('apiKeys.view', ADMINISTRATOR)
  @Operation('See a service account', { status: 200, returns: ServiceAccountDto, problems: ['not_found'] })
  async getServiceAccount(
    @CurrentActor() actor: Actor,
    @Param() { id }: ServiceAccountIdDto,
  ): Promise<ServiceAccountDto> {
    return ServiceAccountDto.from(await this.accounts.get(actor, id));
  }

  @Patch(':id')
  @Authorize('apiKeys.edit', { ...ADMINISTRATOR, impersonation: 'never' })
  @Operation('Rename a service account, or replace its keys', {
    status: 200,
    returns: ServiceAccountDto,
    description: 'For other keys, you must hold every permission that the account has as a scope.',
    problems: ['not_found', 'scope_not_held'],
  })
  async updateServiceAccount(
    @CurrentActor() actor: Actor,
    @Param() { id }: ServiceAccountIdDto,
    @Body() body: UpdateServiceAccountDto,
  ): Promise<ServiceAccountDto> {
    const changes = UpdateServiceAccountDto.toChanges(body);
    return ServiceAccountDto.from(await this.accounts.update(actor, id, changes));
  }

  @Delete(':id')
  @Authorize('apiKeys.delete', { ...ADMINISTRATOR, impersonation: 'never' })
  @Operation('Revoke a service account', {
    status: 204,
    description: 'Every server refuses its secrets, keys and access tokens at once.',
    problems: ['not_found'],
  })
  async revokeServiceAccount(
    @CurrentActor() actor: Actor,
    @Param() { id }: ServiceAccountIdDto,
  ): Promise<void> {
    await this.accounts.revoke(actor, id);
  }
}

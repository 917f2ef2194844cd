import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentOperator } from '../../../access/request.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { RecordsService } from '../../../modules/operators/records.service.js';
import { TenantDeletionService } from '../../../modules/operators/tenant-deletion.service.js';
import { TenantSuspensionService } from '../../../modules/operators/tenant-suspension.service.js';
import { Operation } from '../../shared/operation.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import { ActDto, ChangeDto } from '../act.dto.js';
import {
  TenantDeletionDto,
  TenantDetailDto,
  TenantIdDto,
  TenantPageDto,
  TenantsQueryDto,
} from './tenants.dto.js';

@ApiTags('Tenants')
@Controller('tenants')
export class TenantsController {
  constructor(
    private readonly records: RecordsService,
    private readonly suspension: TenantSuspensionService,
    private readonly deletion: TenantDeletionService,
  ) {}

  @Get()
  @Authorize.operator()
  @Operation('List tenants', {
    status: 200,
    returns: TenantPageDto,
    description: 'In the order of their creation.',
  })
  async listTenants(@Query() query: TenantsQueryDto): Promise<TenantPageDto> {
    const { search = null, status = null } = query;
    const page = PageQueryDto.toRequest(query);
    return TenantPageDto.from(await this.records.listTenants({ search, status }, page));
  }

  @Get(':id')
  @Authorize.operator()
  @Operation('Read a tenant', { status: 200, returns: TenantDetailDto, problems: ['not_found'] })
  async getTenant(@Param() { id }: TenantIdDto): Promise<TenantDetailDto> {
    return TenantDetailDto.from(await this.records.readTenant(id));
  }

  @Post(':id/suspend')
  @Authorize.operator()
  @Operation('Suspend a tenant', {
    status: 200,
    returns: ChangeDto,
    description:
      'Nobody reaches it from now on. Nothing is revoked; its people keep their accounts and other tenants.',
    problems: ['not_found'],
  })
  async suspendTenant(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: TenantIdDto,
    @Body() act: ActDto,
  ): Promise<ChangeDto> {
    return ChangeDto.from(await this.suspension.suspend(id, ActDto.toAct(act, by)));
  }

  @Post(':id/restore')
  @Authorize.operator()
  @Operation('Restore a tenant', {
    status: 200,
    returns: ChangeDto,
    description: 'Sessions, keys and invitations that did not expire work again. Also calls a deletion off.',
    problems: ['not_found'],
  })
  async restoreTenant(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: TenantIdDto,
    @Body() act: ActDto,
  ): Promise<ChangeDto> {
    return ChangeDto.from(await this.suspension.restore(id, ActDto.toAct(act, by)));
  }

  @Post(':id/delete')
  @Authorize.operator()
  @Operation('Delete a tenant', {
    status: 200,
    returns: TenantDeletionDto,
    description: 'Suspends it at once, and erases it after 14 days.',
    problems: ['not_found'],
  })
  async deleteTenant(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: TenantIdDto,
    @Body() act: ActDto,
  ): Promise<TenantDeletionDto> {
    return TenantDeletionDto.from(await this.deletion.request(id, ActDto.toAct(act, by)));
  }

  @Post(':id/undelete')
  @Authorize.operator()
  @Operation('Call the deletion of a tenant off', {
    status: 200,
    returns: ChangeDto,
    description: 'It stays suspended until it is restored.',
    problems: ['not_found'],
  })
  async undeleteTenant(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: TenantIdDto,
    @Body() act: ActDto,
  ): Promise<ChangeDto> {
    return ChangeDto.from(await this.deletion.cancel(id, ActDto.toAct(act, by)));
  }
}

import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { TenantSettingsService } from '../../../modules/tenants/tenant-settings.service.js';
import { Operation } from '../../shared/operation.js';
import { CurrentTenantDto, UpdateTenantDto } from './tenant.dto.js';

@ApiTags('Organisation settings')
@Controller('tenants/current')
export class TenantController {
  constructor(private readonly settings: TenantSettingsService) {}

  @Get()
  @Authorize('settings.view', { impersonation: 'read' })
  @Operation('Read your organisation and its policies', { status: 200, returns: CurrentTenantDto })
  async getTenant(@CurrentActor() actor: Actor): Promise<CurrentTenantDto> {
    return CurrentTenantDto.from(await this.settings.get(actor), actor);
  }

  @Patch()
  @Authorize('settings.edit', { impersonation: 'never' })
  @Operation('Change your organisation and its policies', {
    status: 200,
    returns: CurrentTenantDto,
    description: 'Omitted fields stay unchanged. A policy takes effect at once, also on open sessions.',
  })
  async updateTenant(@CurrentActor() actor: Actor, @Body() body: UpdateTenantDto): Promise<CurrentTenantDto> {
    return CurrentTenantDto.from(await this.settings.update(actor, UpdateTenantDto.toChanges(body)), actor);
  }
}

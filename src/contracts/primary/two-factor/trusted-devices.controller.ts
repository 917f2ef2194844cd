import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { TrustedDevicesService } from '../../../modules/two-factor/trusted-devices.service.js';
import { Operation } from '../../shared/operation.js';
import { TrustedDeviceIdDto, TrustedDevicePageDto } from './trusted-devices.dto.js';

@ApiTags('Two-factor authentication')
@Controller('auth/trusted-devices')
export class TrustedDevicesController {
  constructor(private readonly devices: TrustedDevicesService) {}

  @Get()
  @Authorize.signedIn()
  @Operation('List your trusted devices', {
    status: 200,
    returns: TrustedDevicePageDto,
    description: 'The devices that sign in without a code.',
  })
  async listTrustedDevices(@CurrentActor() actor: Actor): Promise<TrustedDevicePageDto> {
    return TrustedDevicePageDto.from(await this.devices.list(actor));
  }

  @Delete(':id')
  @Authorize.signedIn({ impersonation: 'never' })
  @Operation('Forget a trusted device', {
    refusedExample: { code: 'not_found', because: 'no device is trusted' },
    status: 204,
    description: 'The device needs a code again.',
    problems: ['not_found'],
  })
  async forgetTrustedDevice(
    @CurrentActor() actor: Actor,
    @Param() { id }: TrustedDeviceIdDto,
  ): Promise<void> {
    await this.devices.remove(actor, id);
  }
}

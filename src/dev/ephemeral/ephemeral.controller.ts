import { Body, Controller, Get, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { Authorize } from '../../access/authorize.js';
import { DevelopmentHostGuard } from '../../access/development-host.guard.js';
import { ClockDto, InjectFaultDto, MoveClockDto, PendingFaultsDto } from './ephemeral.dto.js';
import { EphemeralService } from './ephemeral.service.js';
import { OwnPagesGuard } from './own-pages.guard.js';

/** For the test suites of others (docs/ci.md). Only an ephemeral server has these addresses. */
@ApiExcludeController()
@SkipThrottle()
@UseGuards(DevelopmentHostGuard, OwnPagesGuard)
@Controller('dev')
export class EphemeralController {
  constructor(private readonly ephemeral: EphemeralService) {}

  @Post('reset')
  @HttpCode(204)
  @Authorize.public('ephemeral servers only: the person who runs the server may change it')
  reset(): Promise<void> {
    return this.ephemeral.reset();
  }

  @Post('clock')
  @HttpCode(200)
  @Authorize.public('ephemeral servers only: the person who runs the server may change it')
  async moveClock(@Body() body: MoveClockDto): Promise<ClockDto> {
    const ahead = await this.ephemeral.moveClock(body);
    return { now: new Date().toISOString(), aheadSeconds: ahead / 1000 };
  }

  @Post('faults')
  @HttpCode(200)
  @Authorize.public('ephemeral servers only: the person who runs the server may change it')
  async addFault(
    @Body() { contract = 'primary', times = 1, ...fault }: InjectFaultDto,
  ): Promise<PendingFaultsDto> {
    return PendingFaultsDto.from(await this.ephemeral.addFault({ contract, times, ...fault }));
  }

  @Get('faults')
  @Header('Cache-Control', 'no-store')
  @Authorize.public('ephemeral servers only: the person who runs the server may see it')
  listFaults(): PendingFaultsDto {
    return PendingFaultsDto.from(this.ephemeral.listFaults());
  }
}

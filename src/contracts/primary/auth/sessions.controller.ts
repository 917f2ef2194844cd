import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { SessionsService } from '../../../modules/sessions/sessions.service.js';
import { Operation } from '../../shared/operation.js';
import { SessionIdDto, SessionPageDto } from './sessions.dto.js';

@ApiTags('Sessions')
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @Authorize.signedIn()
  @Operation('List your sessions', { status: 200, returns: SessionPageDto })
  async listSessions(@CurrentActor() actor: Actor): Promise<SessionPageDto> {
    return SessionPageDto.from(await this.sessions.list(actor), actor.session.sessionId);
  }

  @Delete(':id')
  @Authorize.signedIn({ impersonation: 'never' })
  @Operation('End one of your sessions', { status: 204, problems: ['not_found'] })
  async endSession(@CurrentActor() actor: Actor, @Param() { id }: SessionIdDto): Promise<void> {
    await this.sessions.end(actor, id, 'ended_by_user');
  }
}

import { Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { InvitationManagementService } from '../../../modules/invitations/invitation-management.service.js';
import { MESSAGE_PROBLEMS } from '../../../modules/messaging/messaging.errors.js';
import { Operation } from '../../shared/operation.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import { InvitationDto } from './invitations.dto.js';
import { InvitationIdDto, InvitationPageDto, InvitationQueryDto } from './managed-invitations.dto.js';

@ApiTags('Invitations')
@Controller('tenants/current/invitations')
export class ManagedInvitationsController {
  constructor(private readonly invitations: InvitationManagementService) {}

  @Get()
  @Authorize('invitations.view', { impersonation: 'read' })
  @Operation('List the invitations of your organisation', {
    status: 200,
    returns: InvitationPageDto,
    description: 'Newest first. The links are in the messages only.',
  })
  async listInvitations(
    @CurrentActor() actor: Actor,
    @Query() { state, ...page }: InvitationQueryDto,
  ): Promise<InvitationPageDto> {
    const request = PageQueryDto.toRequest(page);
    return InvitationPageDto.from(await this.invitations.list(actor, state ?? null, request));
  }

  @Post(':id/resend')
  @Authorize('invitations.create', { impersonation: 'never' })
  @RateLimit('message')
  @Operation('Send an invitation again', {
    refusedExample: {
      code: 'message_limit_exceeded',
      because: 'the invitation was sent less than a minute ago',
    },
    status: 200,
    returns: InvitationDto,
    description:
      'With a new link, in your name and with its full lifetime, even if it has expired; the old link is ' +
      'invalid. Refused too soon after the previous message (429): try again later.',
    problems: [
      'invitation_already_used',
      'invitation_domain_not_allowed',
      'role_level_exceeded',
      'not_found',
      'already_member',
      ...MESSAGE_PROBLEMS,
    ],
  })
  async resendInvitation(
    @CurrentActor() actor: Actor,
    @Param() { id }: InvitationIdDto,
  ): Promise<InvitationDto> {
    return InvitationDto.from(await this.invitations.resend(actor, id));
  }

  @Delete(':id')
  @Authorize('invitations.delete', { impersonation: 'never' })
  @Operation('Revoke an invitation', {
    status: 204,
    description: 'Its link is invalid at once.',
    problems: ['invitation_already_used', 'not_found'],
  })
  async revokeInvitation(@CurrentActor() actor: Actor, @Param() { id }: InvitationIdDto): Promise<void> {
    await this.invitations.revoke(actor, id);
  }
}

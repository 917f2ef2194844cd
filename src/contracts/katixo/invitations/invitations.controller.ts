import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { Idempotent } from '../../../access/idempotent.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor, CurrentOrigin, OptionalActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { AcceptanceService } from '../../../modules/acceptance/acceptance.service.js';
import { ACCEPTANCE_PROBLEMS } from '../../../modules/invitations/invitations.errors.js';
import { InvitationsService } from '../../../modules/invitations/invitations.service.js';
import { MESSAGE_PROBLEMS } from '../../../modules/messaging/messaging.errors.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { AuthResponseDto, SIGNED_IN, signInAnswer } from '../auth/auth-response.dto.js';
import { Operation } from '../envelope/operation.js';
import { AcceptInvitationDto, CreateInvitationDto, InvitationDto } from './invitations.dto.js';

@ApiTags('Team')
@Controller('auth/invite')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: AcceptanceService,
  ) {}

  @Post()
  @Authorize('invitations.create')
  @RateLimit('message')
  @Operation('Invite a team member', {
    status: 201,
    message: 'Invitation sent successfully',
    returns: InvitationDto,
    description:
      'The link is sent by SMS and returned nowhere. A newer invitation invalidates the older one.',
    problems: [
      'validation_failed',
      'role_not_found',
      'access_token_invalid',
      'permission_missing',
      'role_level_exceeded',
      'already_member',
      ...MESSAGE_PROBLEMS,
    ],
  })
  @Idempotent()
  async createInvitation(
    @CurrentActor() actor: Actor,
    @Body() body: CreateInvitationDto,
  ): Promise<InvitationDto> {
    return InvitationDto.from(await this.invitations.create(actor, CreateInvitationDto.toInvitation(body)));
  }

  @Post('accept')
  @Authorize.optional('The link is the credential; who has an account joins with its password or session')
  @RateLimit('link-check')
  @Operation('Accept an invitation', {
    status: 201,
    message: SIGNED_IN,
    returns: AuthResponseDto,
    secondFactor: SecondFactorRequiredDto,
    problems: ['validation_failed', ...ACCEPTANCE_PROBLEMS],
  })
  async acceptInvitation(
    @OptionalActor() actor: Actor | null,
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: AcceptInvitationDto,
  ): Promise<AuthResponseDto | SecondFactorRequiredDto> {
    const acceptance = AcceptInvitationDto.toAcceptance(body);
    return signInAnswer(await this.acceptance.accept(actor, acceptance, origin));
  }
}

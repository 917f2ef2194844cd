import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { BrowserSession } from '../../../access/browser-session.js';
import { Idempotent } from '../../../access/idempotent.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor, CurrentOrigin, OptionalActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { AppError } from '../../../common/app-error.js';
import { identifierOf } from '../../../common/identifiers.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { AcceptanceService } from '../../../modules/acceptance/acceptance.service.js';
import { BulkInvitationsService } from '../../../modules/invitations/bulk-invitations.service.js';
import { InvitationLinksService } from '../../../modules/invitations/invitation-links.service.js';
import {
  ACCEPTANCE_PROBLEMS,
  INVITATION_LINK_PROBLEMS,
} from '../../../modules/invitations/invitations.errors.js';
import { InvitationsService } from '../../../modules/invitations/invitations.service.js';
import { Operation } from '../../shared/operation.js';
import { SecondFactorRequiredDto } from '../../shared/second-factor.js';
import { validateLines } from '../../shared/validate-lines.js';
import { SignedInDto, signInAnswer } from '../auth/session.dto.js';
import { BulkInvitationDto, BulkInvitationResultsDto, LINE_RESULTS } from './bulk-invitations.dto.js';
import {
  AcceptInvitationDto,
  CREATE_INVITATION_PROBLEMS,
  CreateInvitationDto,
  InvitationDto,
  InvitationPreviewDto,
  InvitationTokenDto,
} from './invitations.dto.js';

@ApiTags('Invitations')
@Controller('auth/invite')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly lists: BulkInvitationsService,
    private readonly links: InvitationLinksService,
    private readonly acceptance: AcceptanceService,
  ) {}

  @Post()
  @Authorize('invitations.create')
  @RateLimit('message')
  @Operation('Invite somebody into your organisation', {
    status: 201,
    returns: InvitationDto,
    description:
      'By `email` or `phone`: the link is sent there and returned nowhere. A newer invitation invalidates the ' +
      'older one.',
    problems: CREATE_INVITATION_PROBLEMS,
  })
  @Idempotent()
  async createInvitation(
    @CurrentActor() actor: Actor,
    @Body() body: CreateInvitationDto,
  ): Promise<InvitationDto> {
    const recipient = identifierOf(body);
    return InvitationDto.from(await this.invitations.create(actor, { ...body, recipient }));
  }

  @Get('validate')
  @Authorize.public('Possession of the link is the credential')
  @RateLimit('link-check')
  @Operation('Look at an invitation without using it', {
    status: 200,
    returns: InvitationPreviewDto,
    problems: [...INVITATION_LINK_PROBLEMS],
  })
  async validateInvitation(@Query() { token }: InvitationTokenDto): Promise<InvitationPreviewDto> {
    return InvitationPreviewDto.from(await this.links.open(token));
  }

  @Post('accept')
  @Authorize.optional('The link is the credential; who has an account joins with its password or session')
  @RateLimit('link-check')
  @Operation('Accept an invitation', {
    status: 201,
    returns: SignedInDto,
    secondFactor: SecondFactorRequiredDto,
    description:
      'New people choose a password; people with an account send its password, or its bearer token. If an ' +
      'account claims the address or number and has verified nothing, you get it, emptied of everything set ' +
      'up before, with the password and the names you choose.',
    problems: [...ACCEPTANCE_PROBLEMS],
  })
  @BrowserSession('opens')
  async acceptInvitation(
    @OptionalActor() actor: Actor | null,
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: AcceptInvitationDto,
  ): Promise<SignedInDto | SecondFactorRequiredDto> {
    return signInAnswer(await this.acceptance.accept(actor, body, origin));
  }

  @Post('bulk')
  @ApiExtraModels(...LINE_RESULTS)
  @Authorize('invitations.create')
  @RateLimit('message-list')
  @Operation('Invite up to a hundred people', {
    status: 200,
    returns: BulkInvitationResultsDto,
    description:
      'Each line is the body of a single invitation and has a result of its own; a refused line does not ' +
      'affect the others. A recipient who occurs earlier in the list is refused with `recipient_repeated`.',
  })
  @Idempotent({ inSteps: true })
  async createInvitations(
    @CurrentActor() actor: Actor,
    @Body() body: BulkInvitationDto,
  ): Promise<BulkInvitationResultsDto> {
    const lines = await validateLines(CreateInvitationDto, body.invitations);
    const inputs = lines.map((line) =>
      line instanceof AppError ? line : { ...line, recipient: identifierOf(line) },
    );
    return BulkInvitationResultsDto.from(await this.lists.createAll(actor, inputs));
  }
}

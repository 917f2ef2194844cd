import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { BrowserSession } from '../../../access/browser-session.js';
import { Idempotent } from '../../../access/idempotent.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { OrganisationDepartureService } from '../../../modules/tenants/organisation-departure.service.js';
import { OrganisationsService } from '../../../modules/tenants/organisations.service.js';
import { Operation } from '../../shared/operation.js';
import { SignedInDto } from '../auth/session.dto.js';
import {
  CreateOrganisationDto,
  OrganisationDto,
  OrganisationIdDto,
  SwitchOrganisationDto,
} from './organisations.dto.js';

@ApiTags('Organisations')
@Controller('users/me')
export class OrganisationsController {
  constructor(
    private readonly organisations: OrganisationsService,
    private readonly departure: OrganisationDepartureService,
  ) {}

  @Get('organisations')
  @Authorize.signedIn({ whileEnrolling: true })
  @Operation('List your organisations', {
    status: 200,
    returns: [OrganisationDto],
    description: 'In the order in which you joined them.',
    problems: ['access_token_invalid'],
  })
  async listOrganisations(@CurrentActor() actor: Actor): Promise<OrganisationDto[]> {
    const organisations = await this.organisations.list(actor);
    return organisations.map((one) => OrganisationDto.from(one));
  }

  @Post('organisations')
  @Authorize.signedIn()
  @RateLimit('registration')
  @Operation('Create another organisation', {
    status: 201,
    returns: OrganisationDto,
    description:
      'You become its administrator. Your session stays in the present organisation: switch to work in the ' +
      'new one.',
    problems: ['validation_failed', 'access_token_invalid', 'company_name_taken'],
  })
  @Idempotent()
  async createOrganisation(
    @CurrentActor() actor: Actor,
    @Body() body: CreateOrganisationDto,
  ): Promise<OrganisationDto> {
    return OrganisationDto.from(await this.organisations.create(actor, { ...body, template: 'primary' }));
  }

  @Post('switch-org')
  @Authorize.signedIn({ whileEnrolling: true })
  @Operation('Work in another of your organisations', {
    status: 200,
    returns: SignedInDto,
    description:
      'Moves the session: the returned tokens replace your present ones, which are invalid at once.',
    problems: [
      'validation_failed',
      'access_token_invalid',
      'not_found',
      'two_factor_enrolment_required',
      'reauthentication_required',
    ],
  })
  @BrowserSession('continues')
  async switchOrganisation(
    @CurrentActor() actor: Actor,
    @Body() { orgId }: SwitchOrganisationDto,
  ): Promise<SignedInDto> {
    return SignedInDto.from(await this.organisations.switch(actor, orgId));
  }

  @Delete('organisations/:id')
  @Authorize.signedIn()
  @Operation('Leave an organisation', {
    refusedExample: { code: 'last_owner', because: 'you are its only owner' },
    status: 204,
    description:
      'Your sessions in it end, including this one. Its last top-level member cannot leave it (409), even if ' +
      'there is no other member.',
    problems: ['validation_failed', 'access_token_invalid', 'not_found', 'last_owner'],
  })
  async leaveOrganisation(@CurrentActor() actor: Actor, @Param() { id }: OrganisationIdDto): Promise<void> {
    await this.departure.leave(actor, id);
  }
}

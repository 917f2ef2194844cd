import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { Idempotent } from '../../../access/idempotent.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { OrganisationsService } from '../../../modules/tenants/organisations.service.js';
import { AuthResponseDto } from '../auth/auth-response.dto.js';
import { Operation } from '../envelope/operation.js';
import { CreateOrganisationDto, OrganisationDto, SwitchOrganisationDto } from './organisations.dto.js';

@ApiTags('Organisations')
@Controller('users/me')
export class OrganisationsController {
  constructor(private readonly organisations: OrganisationsService) {}

  @Get('organisations')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'read' })
  @Operation('List your organisations', {
    status: 200,
    message: 'Organisations retrieved successfully',
    returns: [OrganisationDto],
    problems: ['access_token_invalid'],
  })
  async listOrganisations(@CurrentActor() actor: Actor): Promise<OrganisationDto[]> {
    const organisations = await this.organisations.list(actor);
    return organisations.map((one) => OrganisationDto.from(one));
  }

  @Post('organisations')
  @Authorize.signedIn({ impersonation: 'never' })
  @RateLimit('registration')
  @Operation('Create another organisation', {
    status: 201,
    message: 'Organisation created successfully',
    returns: OrganisationDto,
    description:
      'You become its owner. Your session stays in the present organisation: switch to work in the new one.',
    problems: ['validation_failed', 'access_token_invalid'],
  })
  @Idempotent()
  async createOrganisation(
    @CurrentActor() actor: Actor,
    @Body() body: CreateOrganisationDto,
  ): Promise<OrganisationDto> {
    const organisation = { ...body, template: 'katixo', sameName: 'allow' } as const;
    return OrganisationDto.from(await this.organisations.create(actor, organisation));
  }

  @Post('switch-org')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'never' })
  @Operation('Switch to another of your organisations', {
    status: 200,
    message: 'Organisation switched successfully',
    returns: AuthResponseDto,
    description:
      'Moves the session: the returned tokens replace your present ones, which are invalid at once.',
    problems: [
      'validation_failed',
      'access_token_invalid',
      'not_found',
      'two_factor_enrolment_required',
      'browser_session_refused',
      'reauthentication_required',
    ],
  })
  async switchOrganisation(
    @CurrentActor() actor: Actor,
    @Body() { orgId }: SwitchOrganisationDto,
  ): Promise<AuthResponseDto> {
    return AuthResponseDto.from(await this.organisations.switch(actor, orgId));
  }
}

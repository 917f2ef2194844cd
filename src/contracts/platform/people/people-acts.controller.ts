import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentOperator } from '../../../access/request.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { PersonBlockService } from '../../../modules/operators/person-block.service.js';
import { PersonHelpService } from '../../../modules/operators/person-help.service.js';
import { PersonSignOutService } from '../../../modules/operators/person-sign-out.service.js';
import { SecondFactorRemovalService } from '../../../modules/operators/second-factor-removal.service.js';
import { Operation } from '../../shared/operation.js';
import { ActDto, ChangeDto, EndedSessionsDto } from '../act.dto.js';
import { PersonIdDto, VerificationLinkDto } from './people.dto.js';

@ApiTags('People')
@Controller('people/:id')
export class PeopleActsController {
  constructor(
    private readonly blocks: PersonBlockService,
    private readonly signOuts: PersonSignOutService,
    private readonly secondFactors: SecondFactorRemovalService,
    private readonly help: PersonHelpService,
  ) {}

  @Post('block')
  @Authorize.operator()
  @Operation('Block a person', {
    status: 200,
    returns: EndedSessionsDto,
    description:
      'Nothing of the account works from now on, at any contract. Sessions, codes and links end for good; password, second factor, API keys and invitations work again when the person is unblocked.',
    problems: ['not_found'],
  })
  async blockPerson(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
    @Body() act: ActDto,
  ): Promise<EndedSessionsDto> {
    return EndedSessionsDto.from(await this.blocks.block(id, ActDto.toAct(act, by)));
  }

  @Post('unblock')
  @Authorize.operator()
  @Operation('Unblock a person', { status: 200, returns: ChangeDto, problems: ['not_found'] })
  async unblockPerson(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
    @Body() act: ActDto,
  ): Promise<ChangeDto> {
    return ChangeDto.from(await this.blocks.unblock(id, ActDto.toAct(act, by)));
  }

  @Post('end-sessions')
  @Authorize.operator()
  @Operation('Sign a person out everywhere', {
    status: 200,
    returns: EndedSessionsDto,
    description:
      'Ends sessions, trusted devices, API keys, links and codes. Password and second factor stay.',
    problems: ['not_found'],
  })
  async endSessionsOfPerson(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
    @Body() act: ActDto,
  ): Promise<EndedSessionsDto> {
    return EndedSessionsDto.from(await this.signOuts.signOut(id, ActDto.toAct(act, by)));
  }

  @Post('reset-second-factor')
  @Authorize.operator()
  @Operation('Remove a lost second factor', {
    status: 200,
    returns: EndedSessionsDto,
    description: 'Identify the person before, by other means: the password alone signs in from now on.',
    problems: ['not_found', 'two_factor_not_enabled'],
  })
  async resetSecondFactor(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
    @Body() act: ActDto,
  ): Promise<EndedSessionsDto> {
    return EndedSessionsDto.from(await this.secondFactors.remove(id, ActDto.toAct(act, by)));
  }

  @Post('resend-verification')
  @Authorize.operator()
  @Operation('Send the link that verifies the e-mail address again', {
    status: 200,
    returns: VerificationLinkDto,
    problems: ['not_found', 'email_already_verified'],
  })
  async resendVerification(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
    @Body() act: ActDto,
  ): Promise<VerificationLinkDto> {
    return VerificationLinkDto.from(await this.help.resendVerification(id, ActDto.toAct(act, by)));
  }

  @Post('restore')
  @Authorize.operator()
  @Operation('Call the deletion of an account off', {
    status: 200,
    returns: ChangeDto,
    description: 'Sessions and API keys that ended with it do not come back.',
    problems: ['not_found'],
  })
  async restorePerson(
    @CurrentOperator() by: SignedInOperator,
    @Param() { id }: PersonIdDto,
    @Body() act: ActDto,
  ): Promise<ChangeDto> {
    return ChangeDto.from(await this.help.restore(id, ActDto.toAct(act, by)));
  }
}

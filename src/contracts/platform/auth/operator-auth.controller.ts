import { Body, Controller, Get, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOperator, CurrentOrigin } from '../../../access/request.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { OperatorEnrolmentService } from '../../../modules/operator-accounts/operator-enrolment.service.js';
import { OperatorSessionsService } from '../../../modules/operator-accounts/operator-sessions.service.js';
import { OperatorSignInService } from '../../../modules/operator-accounts/operator-sign-in.service.js';
import type { SignedInOperator } from '../../../modules/operator-accounts/signed-in-operator.js';
import { PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { HASHING } from '../../shared/hashing.js';
import { Operation } from '../../shared/operation.js';
import {
  ConfirmEnrolmentDto,
  EnrolmentDto,
  OperatorDto,
  OperatorSignInDto,
  OperatorTokenDto,
  ReadEnrolmentDto,
} from './operator-auth.dto.js';

@ApiTags('Operator')
@Controller('auth')
export class OperatorAuthController {
  constructor(
    private readonly enrolments: OperatorEnrolmentService,
    private readonly signIns: OperatorSignInService,
    private readonly sessions: OperatorSessionsService,
  ) {}

  @Post('enrolment')
  @Authorize.public('The token is the credential')
  @RateLimit('sign-in')
  @Operation('Read what an operator has to set up', {
    status: 200,
    returns: EnrolmentDto,
    description: 'Does not use the token up. It works only from the addresses of the operator.',
    problems: ['enrolment_token_invalid'],
  })
  async readEnrolment(
    @Body() { enrolmentToken }: ReadEnrolmentDto,
    @CurrentOrigin() origin: RequestOrigin,
  ): Promise<EnrolmentDto> {
    return EnrolmentDto.from(await this.enrolments.read(enrolmentToken, origin));
  }

  @Post('enrolment/confirm')
  @RouteConfig(HASHING)
  @Authorize.public('The token is the credential')
  @RateLimit('sign-in')
  @Operation('Set up an operator', {
    status: 204,
    description:
      'Sets the password or confirms the present one, and takes a code of the authenticator. Opens no session.',
    problems: ['enrolment_token_invalid', 'invalid_credentials', 'too_many_attempts', ...PASSWORD_PROBLEMS],
  })
  confirmEnrolment(
    @Body() { enrolmentToken: token, password, code }: ConfirmEnrolmentDto,
    @CurrentOrigin() origin: RequestOrigin,
  ): Promise<void> {
    return this.enrolments.complete({ token, password, code }, origin);
  }

  @Post('sign-in')
  @RouteConfig(HASHING)
  @Authorize.public('It is how an operator gets a credential')
  @RateLimit('sign-in')
  @Operation('Sign in as an operator', {
    status: 200,
    returns: OperatorTokenDto,
    description:
      'From the addresses of the operator only. The token works for an hour, from the address of this request, and is not renewed.',
    problems: ['invalid_credentials', 'too_many_attempts'],
  })
  async signInOperator(
    @Body() body: OperatorSignInDto,
    @CurrentOrigin() origin: RequestOrigin,
  ): Promise<OperatorTokenDto> {
    return OperatorTokenDto.from(await this.signIns.signIn(body, origin));
  }

  @Post('sign-out')
  @Authorize.operator()
  @Operation('Sign out', { status: 204 })
  signOutOperator(@CurrentOperator() operator: SignedInOperator): Promise<void> {
    return this.sessions.end(operator);
  }

  @Get('me')
  @Authorize.operator()
  @Operation('Read who you are', { status: 200, returns: OperatorDto })
  getOperator(@CurrentOperator() operator: SignedInOperator): OperatorDto {
    return OperatorDto.from(operator);
  }
}

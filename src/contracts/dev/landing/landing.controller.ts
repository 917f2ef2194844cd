import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { Authorize } from '../../../access/authorize.js';
import { DevelopmentHostGuard } from '../../../access/development-host.guard.js';
import { ACCEPT_INVITATION } from './accept-invitation.js';
import { RESET_PASSWORD } from './reset-password.js';
import { RESTORE_ACCOUNT } from './restore-account.js';
import { REVERT_EMAIL_CHANGE } from './revert-email-change.js';
import { VERIFY_EMAIL } from './verify-email.js';

const HTML = 'text/html; charset=utf-8';

/** The pages that links in messages open while APP_URL names no application. Not available in production. */
@ApiExcludeController()
@SkipThrottle()
@UseGuards(DevelopmentHostGuard)
@Controller()
export class LandingController {
  @Get('accept-invitation')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', ACCEPT_INVITATION.csp)
  @Authorize.public('development only: a page without data; the token stays in the fragment')
  showAcceptInvitation(): string {
    return ACCEPT_INVITATION.html;
  }

  @Get('reset-password')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', RESET_PASSWORD.csp)
  @Authorize.public('development only: a page without data; the token stays in the fragment')
  showResetPassword(): string {
    return RESET_PASSWORD.html;
  }

  @Get('restore-account')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', RESTORE_ACCOUNT.csp)
  @Authorize.public('development only: a page without data; the token stays in the fragment')
  showRestoreAccount(): string {
    return RESTORE_ACCOUNT.html;
  }

  @Get('revert-email-change')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', REVERT_EMAIL_CHANGE.csp)
  @Authorize.public('development only: a page without data; the token stays in the fragment')
  showRevertEmailChange(): string {
    return REVERT_EMAIL_CHANGE.html;
  }

  @Get('verify-email')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', VERIFY_EMAIL.csp)
  @Authorize.public('development only: a page without data; the token stays in the fragment')
  showVerifyEmail(): string {
    return VERIFY_EMAIL.html;
  }
}

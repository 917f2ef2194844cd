import { Body, Controller, Delete, Post, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor, CurrentOrigin } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { AccountDeletionService } from '../../../modules/account-lifecycle/account-deletion.service.js';
import { ExportService } from '../../../modules/account-lifecycle/export/export.service.js';
import { RestorationLinksService } from '../../../modules/account-lifecycle/restoration-links.service.js';
import { MESSAGE_PROBLEMS } from '../../../modules/messaging/messaging.errors.js';
import { REAUTHENTICATION_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { SECOND_FACTOR_PROBLEMS } from '../../../modules/two-factor/two-factor.errors.js';
import { Operation } from '../../shared/operation.js';
import { MessageDto } from '../../shared/responses.js';
import {
  ArchiveDto,
  DeleteAccountDto,
  DeletionDto,
  ExportDto,
  RestoreAccountDto,
} from './account-lifecycle.dto.js';

const ATTACHMENT = { type: 'application/json', disposition: 'attachment; filename="gatehouse-export.json"' };

@ApiTags('Leaving')
@Controller()
export class AccountLifecycleController {
  constructor(
    private readonly exports: ExportService,
    private readonly deletion: AccountDeletionService,
    private readonly restorationLinks: RestorationLinksService,
  ) {}

  @Post('users/me/export')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'never' })
  @RateLimit('archive')
  @Operation('Download everything held about you', {
    status: 200,
    returns: ArchiveDto,
    description: 'One JSON file. Requires `currentPassword` or a recent sign-in, and you get a notice.',
    problems: [...REAUTHENTICATION_PROBLEMS],
  })
  async exportMe(@CurrentActor() actor: Actor, @Body() body: ExportDto): Promise<StreamableFile> {
    const archive = ArchiveDto.from(await this.exports.export(actor, body.currentPassword));
    return new StreamableFile(Buffer.from(JSON.stringify(archive, null, 2)), ATTACHMENT);
  }

  @Delete('users/me')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'never' })
  @RateLimit('recovery')
  @Operation('Delete your account', {
    refusedExample: { code: 'last_owner', because: 'you have colleagues and are the only owner' },
    status: 202,
    returns: DeletionDto,
    description:
      'From now on you cannot sign in, and nobody sees you as a member. Until `deletionAt` the link in the ' +
      'message sent to you restores the account; then your data is erased, with each organisation that has no ' +
      'other member. The last top-level member of an organisation with other members cannot delete their ' +
      'account (409): the detail names it.',
    problems: [...REAUTHENTICATION_PROBLEMS, ...SECOND_FACTOR_PROBLEMS, 'last_owner', ...MESSAGE_PROBLEMS],
  })
  async deleteMe(@CurrentActor() actor: Actor, @Body() body: DeleteAccountDto): Promise<DeletionDto> {
    return DeletionDto.of(await this.deletion.request(actor, body));
  }

  @Post('auth/restore-account')
  @Authorize.public('Possession of the link is the credential')
  @RateLimit('link-check')
  @Operation('Bring a deleted account back with its link', {
    refusedExample: { code: 'restoration_token_invalid', because: 'no account was deleted' },
    status: 200,
    returns: MessageDto,
    description: 'Works once, until the account is erased. It signs nobody in.',
    problems: ['restoration_token_invalid'],
  })
  async restoreAccount(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { token }: RestoreAccountDto,
  ): Promise<MessageDto> {
    await this.restorationLinks.restore(token, origin);
    return MessageDto.of('The account is back. Sign in as before.');
  }
}

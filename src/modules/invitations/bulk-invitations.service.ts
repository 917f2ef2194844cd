import { Injectable, Logger } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { AppError } from '../../common/app-error.js';
import { Database } from '../../database/database.js';
import { IdempotencyKeyInUse } from '../idempotency/idempotency.errors.js';
import { RequestStepsService } from '../idempotency/request-steps.service.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import { RecipientRepeated } from './invitations.errors.js';
import { type CreatedInvitation, InvitationsService, type NewInvitation } from './invitations.service.js';

/** Invites many people into the actor's tenant. */
@Injectable()
export class BulkInvitationsService {
  private readonly logger = new Logger('BulkInvitationsService');

  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsService,
    private readonly authority: MemberAuthorityService,
    private readonly requestSteps: RequestStepsService,
  ) {}

  /**
   * Creates each invitation in its own transaction, one after the other: an error in one line does not undo the others.
   * Returns one result per line, in the same order. A line that is an error already is returned as it is; a recipient
   * whom an earlier line has invited gets RecipientRepeated. Throws before the first line what
   * `MemberAuthorityService.lock` throws. Each line is a step of the request (`RequestStepsService`).
   */
  async createAll(
    actor: Actor,
    lines: (NewInvitation | AppError)[],
  ): Promise<(CreatedInvitation | AppError)[]> {
    const { tenant } = membershipOf(actor);
    await this.database.inTenant(tenant.id, (tx) => this.authority.lock(tx, actor, 'invitations.create'));
    const steps = await this.requestSteps.open(lines.length);
    const results: (CreatedInvitation | AppError)[] = [];
    const invited = new Set<string>();
    for (const [position, line] of lines.entries()) {
      if (line instanceof AppError || invited.has(line.recipient.value)) {
        results.push(line instanceof AppError ? line : new RecipientRepeated());
        continue;
      }
      const result = await this.attempt(() =>
        steps.run(position, () => this.invitations.create(actor, line)),
      );
      if (!(result instanceof AppError)) invited.add(result.recipient.value);
      results.push(result);
    }
    return results;
  }

  private async attempt(create: () => Promise<CreatedInvitation>): Promise<CreatedInvitation | AppError> {
    try {
      const created = await create();
      // Of a stored step, it is a text
      return { ...created, expiresAt: new Date(created.expiresAt) };
    } catch (error) {
      if (error instanceof IdempotencyKeyInUse) throw error;
      if (error instanceof AppError) return error;
      // Do not rethrow: the caller needs the results of the lines that succeeded
      this.logger.error('An invitation of a list failed', error instanceof Error ? error.stack : undefined);
      return new AppError('internal_error', { cause: error });
    }
  }
}

import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { Actor } from '../../../common/actor.js';
import { Database } from '../../../database/database.js';
import type { PeopleTransaction } from '../../../database/transaction.js';
import { AuditService } from '../../audit/audit.service.js';
import { CorrespondenceService } from '../../messaging/correspondence.service.js';
import { NoticesService } from '../../messaging/notices.service.js';
import { ReauthenticationService } from '../../passwords/reauthentication.service.js';
import { UserGone } from '../../users/users.errors.js';
import { ExportRepository } from './export.repository.js';
import { exportedPerson } from './exported-person.js';

/** All personal data of one user at one moment, by section. */
export interface Archive {
  exportedAt: Date;
  userId: string;
  sections: Record<string, unknown>;
}

/** Archives are built in memory, so the number built at once in a process is limited. */
const MAX_CONCURRENT = 2;

/** Exports a user's personal data. */
@Injectable()
export class ExportService {
  private readonly limited = pLimit(MAX_CONCURRENT);

  constructor(
    private readonly database: Database,
    private readonly exports: ExportRepository,
    private readonly reauthentication: ReauthenticationService,
    private readonly correspondence: CorrespondenceService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Returns all sections from one database snapshot, without any secret. Requires the password or a recent sign-in:
   * throws CurrentPasswordIncorrect, TooManyAttempts or ReauthenticationRequired. Notifies the user.
   */
  async export(actor: Actor, currentPassword: string | undefined): Promise<Archive> {
    await this.reauthentication.byPasswordOrRecency(actor, currentPassword);
    return this.limited(async () => {
      const archive = await this.database.acrossTenants((tx) => this.collect(tx, actor.userId));
      await this.database.acrossTenants((tx) => this.record(tx, actor));
      return archive;
    });
  }

  private async collect(tx: PeopleTransaction, userId: string): Promise<Archive> {
    await this.exports.beginSnapshot(tx);
    const user = await this.exports.findUser(tx, userId);
    if (!user) throw new UserGone();
    const person = exportedPerson(user);
    const sections = await this.exports.readSections(tx, person);
    const image = await this.exports.readPicture(tx, user);
    sections.picture = image && { mediaType: 'image/jpeg', base64: image.toString('base64') };
    sections.messages = await this.correspondence.list(tx, person);
    return { exportedAt: new Date(), userId: user.id, sections };
  }

  /**
   * Records the export before it is returned. In a transaction of its own: the snapshot of the export would not see
   * message counts that others commit meanwhile.
   */
  private async record(tx: PeopleTransaction, actor: Actor): Promise<void> {
    const user = await this.exports.findUser(tx, actor.userId);
    if (!user) throw new UserGone();
    await this.audit.record(tx, actor.origin, {
      action: 'user.exported',
      tenantId: actor.session.membership?.tenant.id ?? null,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
    });
    await this.notices.send(tx, user, 'data_exported', actor.origin);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../common/periodic-sweep.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { AuditKind } from '../audit/audit-kinds.js';
import { type AuditMonth, AuditMonthsRepository } from '../audit/audit-months.repository.js';
import { AuditArchive } from './audit-archive.js';

/**
 * Adds the coming months to the audit trail, and deletes from it what the settings say nobody needs. With
 * AUDIT_ARCHIVE_DIR, a month is written to a file before the first of its events is deleted.
 */
@Injectable()
export class AuditRetentionService extends PeriodicSweep {
  private readonly archive: AuditArchive | null;
  /** For how many whole months after the end of their own events are kept. */
  private readonly kept: Readonly<Record<AuditKind, number>>;

  constructor(
    private readonly months: AuditMonthsRepository,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    this.archive = config.AUDIT_ARCHIVE_DIR === undefined ? null : new AuditArchive(config.AUDIT_ARCHIVE_DIR);
    this.kept = {
      refreshes: config.AUDIT_REFRESHES_MONTHS,
      'sign-ins': config.AUDIT_SIGN_INS_MONTHS,
      changes: config.AUDIT_CHANGES_MONTHS,
    };
  }

  /** Safe on several servers at once. A month that cannot be archived is kept, and stops the round. */
  async sweep(): Promise<void> {
    await this.months.add();
    for (const [index, month] of (await this.months.list()).entries()) {
      const due = this.dueOf(month);
      if (due.length === 0 || this.isStopping) continue;
      await this.archive?.keep(month.month, this.months.read(month, index === 0));
      if (this.isOver(month)) await this.months.drop(month);
      else for (const kind of due) await this.thin(month, kind);
    }
  }

  private isOver({ age }: AuditMonth): boolean {
    return age >= Math.max(...Object.values(this.kept));
  }

  /** Events of the kind that is kept longest are deleted with their month. */
  private dueOf(month: AuditMonth): AuditKind[] {
    if (this.isOver(month)) return ['refreshes', 'sign-ins', 'changes'];
    const kinds = Object.keys(this.kept) as AuditKind[];
    return kinds.filter((kind) => month.age >= this.kept[kind] && !month.thinned.includes(kind));
  }

  private async thin(month: AuditMonth, kind: AuditKind): Promise<void> {
    let place: string | null = null;
    do place = await this.months.thin(month, kind, place);
    while (place !== null && !this.isStopping);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../common/periodic-sweep.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { AuditKind } from '../audit/audit-kinds.js';
import { type AuditMonths, auditMonthsOf, keptMonths } from '../audit/audit-months.js';
import { AuditMonthsRepository, type AuditShare, labelOf } from '../audit/audit-months.repository.js';
import { type Month, MonthsRepository } from '../partitions/months.repository.js';
import { AuditArchive } from './audit-archive.js';

/** A share, and for how many whole months after the end of their own its events are kept. */
interface KeptShare extends AuditShare {
  kept: number;
}

/**
 * Adds the coming months to the audit trail, and deletes from it what the settings of the server and of tenants say
 * nobody needs. With AUDIT_ARCHIVE_DIR, a month is written to a file before the first of its events is deleted.
 */
@Injectable()
export class AuditRetentionService extends PeriodicSweep {
  private readonly archive: AuditArchive | null;
  private readonly kept: Readonly<Record<AuditKind, AuditMonths>>;

  constructor(
    private readonly months: MonthsRepository,
    private readonly events: AuditMonthsRepository,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    this.archive = config.AUDIT_ARCHIVE_DIR === undefined ? null : new AuditArchive(config.AUDIT_ARCHIVE_DIR);
    this.kept = auditMonthsOf(config);
  }

  /** Safe on several servers at once. A month that cannot be archived is kept, and stops the round. */
  async sweep(): Promise<void> {
    await this.months.add('audit_events');
    const shares = await this.shares();
    const longest = Math.max(...shares.map(({ kept }) => kept));
    for (const [index, month] of (await this.months.list('audit_events')).entries()) {
      const isOver = month.age >= longest;
      const due = shares.filter(
        (share) => month.age >= share.kept && !month.thinned.includes(labelOf(share)),
      );
      if ((!isOver && due.length === 0) || this.isStopping) continue;
      await this.archive?.keep(month.month, this.events.read(month.month, index === 0));
      // Events that are kept longest are deleted with their month
      if (isOver) await this.months.drop('audit_events', month);
      else for (const share of due) await this.thin(month, share);
    }
  }

  private async shares(): Promise<KeptShare[]> {
    const kinds = Object.keys(this.kept) as AuditKind[];
    const own = await this.events.listOwnShares();
    return [...kinds.map((kind) => ({ kind, months: null })), ...own].map((share) => ({
      ...share,
      kept: keptMonths(this.kept[share.kind], share.months),
    }));
  }

  private async thin({ month }: Month, share: AuditShare): Promise<void> {
    let place: string | null = null;
    do place = await this.events.thin(month, share, place);
    while (place !== null && !this.isStopping);
  }
}

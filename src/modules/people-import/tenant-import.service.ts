import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { ImportedTenantsRepository } from '../tenants/imported-tenants.repository.js';
import { ImportedTenantsService } from '../tenants/imported-tenants.service.js';
import { ROLE_TEMPLATES } from '../tenants/role-templates.js';
import { TenantsRepository } from '../tenants/tenants.repository.js';
import type { ImportRun, Numbered, Outcome } from './import-batch.js';
import type { TenantRecord } from './import-record.js';

const SLUG_TAKEN = { outcome: 'refused', pointer: '/slug', detail: 'another tenant has it' } as const;

/** Imports the tenants of some lines, each wholly or not at all. */
@Injectable()
export class TenantImportService {
  constructor(
    private readonly database: Database,
    private readonly imported: ImportedTenantsRepository,
    private readonly creation: ImportedTenantsService,
    private readonly tenants: TenantsRepository,
    private readonly audit: AuditService,
  ) {}

  /** One transaction. In the order of the lines. */
  async import(run: ImportRun, batch: Numbered<TenantRecord>[]): Promise<Outcome[]> {
    const { outcomes, accepted } = await this.database.acrossTenants(async (tx) => {
      const ids = batch.map(({ record }) => record.externalId).sort();
      for (const id of run.dryRun ? [] : ids) await this.imported.lockExternalId(tx, id);
      const present = await this.imported.findImported(tx, ids);
      const outcomes: Outcome[] = [];
      const accepted: Numbered<TenantRecord>[] = [];
      for (const numbered of batch) {
        const repeated = run.findRepeated(numbered) ?? findRepeatedIn(accepted, numbered);
        if (repeated) outcomes.push({ line: numbered.line, outcome: 'refused', ...repeated });
        else outcomes.push(await this.importOne(tx, run, numbered, present));
        if (outcomes.at(-1)?.outcome !== 'refused') accepted.push(numbered);
      }
      return { outcomes, accepted };
    });
    for (const numbered of accepted) {
      run.accept(numbered);
      const { externalId, slug } = numbered.record;
      run.roles.set(`id:${externalId}`, keysOf(numbered.record));
      if (slug !== undefined) run.roles.set(`slug:${slug}`, keysOf(numbered.record));
    }
    return outcomes;
  }

  private async importOne(
    tx: PeopleTransaction,
    { dryRun, act, newId }: ImportRun,
    { line, record }: Numbered<TenantRecord>,
    present: Map<string, string>,
  ): Promise<Outcome> {
    if (present.has(record.externalId)) return { line, outcome: 'present' };
    if (dryRun) {
      const isTaken = record.slug !== undefined && (await this.tenants.findBySlug(record.slug)) !== null;
      return isTaken ? { line, ...SLUG_TAKEN } : { line, outcome: 'imported' };
    }
    const tenantId = await this.creation.create(tx, record, newId);
    if (tenantId === null) return { line, ...SLUG_TAKEN };
    const event = {
      action: 'tenant.created',
      actorKind: 'operator',
      actorId: null,
      target: { kind: 'tenant', id: tenantId },
    } as const;
    const { reason, reference } = act;
    await this.audit.recordAll(tx, act.origin, [
      { ...event, tenantId: null, detail: { reason, reference, imported: true } },
      { ...event, tenantId, detail: { reference, imported: true } },
    ]);
    return { line, outcome: 'imported' };
  }
}

function findRepeatedIn(accepted: Numbered<TenantRecord>[], { record }: Numbered<TenantRecord>) {
  const same = (key: 'externalId' | 'slug') =>
    accepted.find((one) => record[key] !== undefined && one.record[key] === record[key]);
  const [byId, bySlug] = [same('externalId'), same('slug')];
  if (byId) return { pointer: '/externalId', detail: `is that of line ${byId.line}` };
  return bySlug ? { pointer: '/slug', detail: `is that of line ${bySlug.line}` } : null;
}

const keysOf = ({ template, roles = [] }: TenantRecord): Set<string> =>
  new Set([...(template ? ROLE_TEMPLATES[template] : []), ...roles].map(({ key }) => key));

import { v7 } from 'uuid';
import type { ExplainedAct } from '../operators/operator-act.js';
import type { PersonRecord, Refusal, TenantRecord } from './import-record.js';

/** A record and its line. */
export interface Numbered<Record> {
  line: number;
  record: Record;
}

/** `present`: it was imported before, and is left as it is. */
export type Outcome =
  { line: number; outcome: 'imported' | 'present' } | ({ line: number; outcome: 'refused' } & Refusal);

/**
 * The id of a new row of this kind. The names identify it in the file: the external ids of tenants and people, and the key
 * of a role.
 */
export type NewId = (kind: 'tenant' | 'role' | 'person' | 'membership', ...names: string[]) => string;

/** What a run knows of the lines before. It is all there is of them in a dry run. */
export class ImportRun {
  /** The lines of the accepted external ids: `person` or `tenant`, a space, and the id. */
  readonly lines = new Map<string, number>();
  readonly identifiers = new Map<string, number>();
  readonly slugs = new Map<string, number>();
  /** The keys of the roles of accepted tenants, by `id:` and the external id, and by `slug:` and the slug. */
  readonly roles = new Map<string, Set<string>>();

  constructor(
    readonly act: ExplainedAct,
    readonly dryRun: boolean,
    readonly newId: NewId = () => v7(),
  ) {}

  /** Whether an earlier line of the file has the external id, an identifier or the slug. */
  findRepeated({ record }: Numbered<PersonRecord | TenantRecord>): Refusal | null {
    const first = this.lines.get(`${record.type} ${record.externalId}`);
    if (first !== undefined) return { pointer: '/externalId', detail: `is that of line ${first}` };
    if (record.type === 'tenant') return repeated('/slug', record.slug, this.slugs);
    return (
      repeated('/email', record.email, this.identifiers) ?? repeated('/phone', record.phone, this.identifiers)
    );
  }

  accept({ line, record }: Numbered<PersonRecord | TenantRecord>): void {
    this.lines.set(`${record.type} ${record.externalId}`, line);
    if (record.type === 'tenant') {
      if (record.slug !== undefined) this.slugs.set(record.slug, line);
      return;
    }
    for (const value of [record.email, record.phone])
      if (value !== undefined) this.identifiers.set(value, line);
  }
}

function repeated(pointer: string, value: string | undefined, seen: Map<string, number>): Refusal | null {
  const line = value === undefined ? undefined : seen.get(value);
  return line === undefined ? null : { pointer, detail: `is that of line ${line}` };
}

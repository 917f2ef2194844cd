import { Inject, Injectable } from '@nestjs/common';
import { isConflict } from '../../common/database-failures.js';
import { CONFIG, type Config } from '../../config/config.js';
import { explained, type OperatorAct } from '../operators/operator-act.js';
import { boundedLines, type Line } from './bounded-lines.js';
import { ImportRun, type NewId, type Numbered, type Outcome } from './import-batch.js';
import { type ImportRecord, LineRefused, type PersonRecord, type TenantRecord } from './import-record.js';
import { PersonImportService } from './person-import.service.js';
import { parseRecord } from './record-parser.js';
import { TenantImportService } from './tenant-import.service.js';

const MAX_LINE_BYTES = 65_536;
const BATCH_SIZE = 500;

/** What has been done up to a place in the file. */
export interface ImportProgress {
  /** Of the file. */
  bytes: number;
  outcomes: Outcome[];
}

/**
 * Imports people and tenants from a file of lines (NDJSON). Each batch commits by itself, and no line is imported in
 * part. What was imported before is left as it is, so the same file can be imported again after an interruption.
 */
@Injectable()
export class PeopleImportService {
  constructor(
    private readonly people: PersonImportService,
    private readonly tenants: TenantImportService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Yields after each batch. A dry run checks every line and changes nothing. Throws ActNotExplained. */
  async *import(
    file: AsyncIterable<Buffer>,
    { act, dryRun, newId }: { act: OperatorAct; dryRun: boolean; newId?: NewId },
  ): AsyncGenerator<ImportProgress> {
    const run = new ImportRun(explained(act), dryRun, newId);
    let batch: Numbered<ImportRecord>[] = [];
    let refused: Outcome[] = [];
    let bytes = 0;
    const flush = async (): Promise<ImportProgress> => {
      const outcomes = [...refused, ...(await this.importBatch(run, batch))].sort((a, b) => a.line - b.line);
      [batch, refused] = [[], []];
      return { bytes, outcomes };
    };
    for await (const line of boundedLines(file, MAX_LINE_BYTES)) {
      const read = this.read(line);
      const isOther = 'record' in read && batch[0] !== undefined && batch[0].record.type !== read.record.type;
      if (isOther || batch.length + refused.length >= BATCH_SIZE) yield await flush();
      if ('record' in read) batch.push(read);
      else refused.push(read);
      ({ bytes } = line);
    }
    yield await flush();
  }

  private read({ number: line, text, problem }: Line): Numbered<ImportRecord> | Outcome {
    try {
      if (text === null) throw new LineRefused('', problem);
      return { line, record: parseRecord(text, this.config.TOTP_STEP_SECONDS) };
    } catch (error) {
      if (!(error instanceof LineRefused)) throw error;
      return { line, outcome: 'refused', pointer: error.pointer, detail: error.detail };
    }
  }

  /** All of one type. If the database refuses a value of the batch, the lines are imported one by one. */
  private async importBatch(run: ImportRun, batch: Numbered<ImportRecord>[]): Promise<Outcome[]> {
    const [first] = batch;
    if (!first) return [];
    try {
      return first.record.type === 'person'
        ? await this.people.import(run, batch as Numbered<PersonRecord>[])
        : await this.tenants.import(run, batch as Numbered<TenantRecord>[]);
    } catch (error) {
      if (!isRefusedValue(error) || isConflict(error)) throw error;
      if (batch.length === 1)
        return [
          { line: first.line, outcome: 'refused', pointer: '', detail: 'the database refuses a value' },
        ];
      const outcomes: Outcome[] = [];
      for (const one of batch) outcomes.push(...(await this.importBatch(run, [one])));
      return outcomes;
    }
  }
}

/** SQLSTATE classes 22, data exception, and 23, integrity constraint violation. */
function isRefusedValue(error: unknown): boolean {
  const { driverError = error } = (error ?? {}) as { driverError?: unknown };
  return /^2[23]/.test((driverError as { code?: string } | null)?.code ?? '');
}

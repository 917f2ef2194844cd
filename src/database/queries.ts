import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { traced } from '../common/tracing.js';
import { statementSpan } from './statement-span.js';

/** A statement with a name of its own, unique in the whole program, under which PostgreSQL prepares it. */
export interface Statement {
  name: string;
  text: string;
}

/** What the driver says of a statement that it ran. */
export interface StatementResult {
  rows: unknown[];
  rowCount: number | null;
}

export interface PreparableQuery {
  name?: string;
  text: string;
  values: unknown[];
}

/**
 * Runs statements, of a transaction or each by itself. PostgreSQL prepares every statement with parameters once per
 * connection: pass values, never text composed of them. Throws the error of the driver (`isUniqueViolation`).
 */
export abstract class Statements {
  protected abstract run(query: PreparableQuery): Promise<StatementResult>;

  /** All rows. */
  async many<Row extends object>(statement: Statement | string, values: unknown[] = []): Promise<Row[]> {
    return (await this.runTraced(statement, values)).rows as Row[];
  }

  /** The first row, or null. */
  async one<Row extends object>(statement: Statement | string, values: unknown[] = []): Promise<Row | null> {
    const [row] = await this.many<Row>(statement, values);
    return row ?? null;
  }

  /** The number of rows that the statement wrote or found. */
  async execute(statement: Statement | string, values: unknown[] = []): Promise<number> {
    return (await this.runTraced(statement, values)).rowCount ?? 0;
  }

  private runTraced(statement: Statement | string, values: unknown[]): Promise<StatementResult> {
    return traced(
      () =>
        typeof statement === 'string'
          ? statementSpan(statement)
          : statementSpan(statement.text, statement.name),
      () => this.run(prepare(statement, values)),
    );
  }
}

/** Statements, and TypeORM beside them. */
export abstract class Queries extends Statements {
  /** TypeORM, for rows that are just rows: `find…`, `insert`, `update`, `delete` and the query builder. */
  abstract readonly manager: EntityManager;
}

/** A bound for texts that are composed at run time. The statements of the source are far fewer. */
const MAX_NAMES = 1000;

const names = new Map<string, string>();

/** Statements without parameters run once or seldom: they are not prepared. */
function prepare(statement: Statement | string, values: unknown[]): PreparableQuery {
  if (typeof statement !== 'string') return { ...statement, values };
  return { name: values.length > 0 ? nameOf(statement) : undefined, text: statement, values };
}

function nameOf(text: string): string | undefined {
  let name = names.get(text);
  if (name === undefined && names.size < MAX_NAMES) {
    name = createHash('sha256').update(text).digest('base64url');
    names.set(text, name);
  }
  return name;
}

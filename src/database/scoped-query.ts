import pg, { type Pool } from 'pg';
import type { PreparableQuery, StatementResult } from './queries.js';

/** The part of the driver's protocol that its types leave out. */
interface DriverQuery {
  readonly name?: string;
  readonly text: string;
  submit(connection: DriverConnection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: DriverConnection): void;
  handleError(error: Error, connection: DriverConnection): void;
  handleReadyForQuery(connection: DriverConnection): void;
}

interface DriverConnection {
  stream: { cork(): void; uncork(): void };
  sync(): void;
}

type Answered = (error: Error | null, result?: StatementResult) => void;

const { Query } = pg as unknown as {
  Query: new (
    query: PreparableQuery & { queryMode?: 'extended' },
    values: undefined,
    answered: Answered,
  ) => DriverQuery;
};

/** Runs a prepared statement, as a transaction of its own that sees the rows of one tenant. */
export function runScoped(pool: Pool, tenantId: string, query: PreparableQuery): Promise<StatementResult> {
  return pool.query(new ScopedQuery(tenantId, query) as never) as Promise<StatementResult>;
}

/**
 * The statement that sets the scope and another one are sent together, before the one message (Sync) at which PostgreSQL
 * commits: both are one transaction, with which the scope ends, without BEGIN and COMMIT. If the scope cannot be set,
 * PostgreSQL skips the other statement.
 */
class ScopedQuery {
  /** The driver sets it, where it finds none. */
  callback?: Answered;
  private readonly statement: DriverQuery;
  /** The query whose messages the driver reads now. */
  private current: DriverQuery;

  constructor(tenantId: string, statement: PreparableQuery) {
    const answered: Answered = (error, result) => this.callback?.(error, result);
    this.current = new Query({ ...SET_SCOPE, values: [tenantId] }, undefined, answered);
    this.statement = new Query({ ...statement, queryMode: 'extended' }, undefined, answered);
  }

  /** By this the driver remembers what it has prepared. */
  get name(): string | undefined {
    return this.current.name;
  }

  get text(): string {
    return this.current.text;
  }

  submit(connection: DriverConnection): Error | null {
    connection.stream.cork();
    try {
      return this.current.submit(withoutSync(connection)) ?? this.statement.submit(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  handleRowDescription(message: unknown): void {
    this.current.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.current.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: DriverConnection): void {
    this.current.handleCommandComplete(message, connection);
    this.current = this.statement;
  }

  handleError(error: Error, connection: DriverConnection): void {
    this.current.handleError(error, connection);
  }

  handleReadyForQuery(connection: DriverConnection): void {
    this.current.handleReadyForQuery(connection);
  }
}

const SET_SCOPE = { name: 'set-tenant', text: `SELECT set_config('gatehouse.tenant', $1, true)` };

/** The same connection, on which a query does not end the transaction. */
function withoutSync(connection: DriverConnection): DriverConnection {
  return Object.create(connection, { sync: { value: () => undefined } }) as DriverConnection;
}

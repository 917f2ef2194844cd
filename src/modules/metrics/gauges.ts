/** Values that are not counted but read on each scrape; of several workers, `aggregator` makes one of theirs. */
export const GAUGES = {
  gatehouse_ready: {
    help: 'As GET /health/ready: 1 where the database answers and its schema is up to date, else 0',
    aggregator: 'min',
    labelNames: [],
  },
  gatehouse_clock_skew_seconds: {
    help: "This server's clock minus the database's, as far as it is certain; NaN while the server is not ready",
    aggregator: 'first',
    labelNames: [],
  },
  gatehouse_password_hashes: {
    help: 'Pieces of password work, running or waiting for one of HASH_CONCURRENCY places',
    aggregator: 'sum',
    labelNames: ['state'],
  },
  gatehouse_database_connections: {
    help: 'Open connections to the database, by pool and by whether they are at work',
    aggregator: 'sum',
    labelNames: ['pool', 'state'],
  },
  gatehouse_database_connections_max: {
    help: 'Connections that a pool may open',
    aggregator: 'sum',
    labelNames: ['pool'],
  },
  gatehouse_database_waiting: {
    help: 'Work that waits for a connection',
    aggregator: 'sum',
    labelNames: ['pool'],
  },
  gatehouse_secrets_under_other_key: {
    help: 'Stored secrets that are not encrypted under SECRET_KEY, as counted every ten minutes; above 0 during a rotation',
    aggregator: 'max',
    labelNames: ['purpose'],
  },
  gatehouse_messages_waiting: {
    help: 'Messages that no transport has taken yet, by channel; of all servers on this database',
    aggregator: 'max',
    labelNames: ['channel'],
  },
} as const;

export interface Sample {
  labels?: Record<string, string>;
  value: number;
}

/** An empty list leaves the gauge out of the page. A gauge without labels must have one sample. */
export type Readings = Record<keyof typeof GAUGES, Sample[]>;

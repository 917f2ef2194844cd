import { Client } from 'pg';

/**
 * Moves PostgreSQL's clock for everything that is defined afterwards, column defaults included: the functions that tell the
 * time get other names, and functions with theirs add the shift. `CURRENT_TIMESTAMP` is no function, and does not move.
 */
export const SHIFTED_CLOCK = `
  CREATE SCHEMA gatehouse_ephemeral;
  GRANT USAGE ON SCHEMA gatehouse_ephemeral TO PUBLIC;
  CREATE TABLE gatehouse_ephemeral.clock (shift interval NOT NULL);
  INSERT INTO gatehouse_ephemeral.clock VALUES ('0');
  GRANT SELECT ON gatehouse_ephemeral.clock TO PUBLIC;
  ${[
    ['now', 'STABLE'],
    ['transaction_timestamp', 'STABLE'],
    ['statement_timestamp', 'STABLE'],
    ['clock_timestamp', 'VOLATILE'],
  ]
    .map(
      ([name, volatility]) => `
  ALTER FUNCTION pg_catalog.${name}() RENAME TO unshifted_${name};
  CREATE FUNCTION pg_catalog.${name}() RETURNS timestamptz LANGUAGE sql ${volatility}
    RETURN pg_catalog.unshifted_${name}() + (SELECT shift FROM gatehouse_ephemeral.clock);`,
    )
    .join('')}`;

/** From now on, the time of every statement is later than that of the machine by so many milliseconds. */
export async function shiftClock(client: Client, milliseconds: number): Promise<void> {
  await client.query(
    `UPDATE gatehouse_ephemeral.clock SET shift = make_interval(secs => $1::float8 / 1000)`,
    [milliseconds],
  );
}

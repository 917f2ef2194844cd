/** A changed value in the detail of an audit event. */
export interface Replaced<T> {
  from: T;
  to: T;
}

/** A changed set in the detail of an audit event. */
export interface Exchanged {
  added: string[];
  removed: string[];
}

/** Returns `{ [name]: { from, to } }`, or `{}` if the value is unchanged. Spread it into the detail of an event. */
export function replaced<T>(name: string, from: T, to: T): Record<string, Replaced<T>> {
  return JSON.stringify(from) === JSON.stringify(to) ? {} : { [name]: { from, to } };
}

/** As `replaced`, for sets: the order does not matter. */
export function exchanged(
  name: string,
  from: readonly string[],
  to: readonly string[],
): Record<string, Exchanged> {
  const added = to.filter((one) => !from.includes(one));
  const removed = from.filter((one) => !to.includes(one));
  return added.length + removed.length === 0 ? {} : { [name]: { added, removed } };
}

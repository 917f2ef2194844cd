/** How the trail tells of one value in the place of another. */
export interface Replaced<T> {
  from: T;
  to: T;
}

/** How the trail tells of a set that has others in it. */
export interface Exchanged {
  added: string[];
  removed: string[];
}

/** Under this name, where it is another one; else nothing. To be spread into the detail of an event. */
export function replaced<T>(name: string, from: T, to: T): Record<string, Replaced<T>> {
  return JSON.stringify(from) === JSON.stringify(to) ? {} : { [name]: { from, to } };
}

/** As `replaced`, for what has no order. */
export function exchanged(
  name: string,
  from: readonly string[],
  to: readonly string[],
): Record<string, Exchanged> {
  const added = to.filter((one) => !from.includes(one));
  const removed = from.filter((one) => !to.includes(one));
  return added.length + removed.length === 0 ? {} : { [name]: { added, removed } };
}

/** Starts all of them before awaiting any; returns the results in order. */
export function burst<T>(times: number, act: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => act(index)));
}

/** How often each value occurs: `{ "200": 1, "400": 19 }`. */
export function countBy<T>(items: T[], value: (item: T) => string | number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[value(item)] = (counts[value(item)] ?? 0) + 1;
  return counts;
}

/** As `burst`, for calls of which some fail: how many succeeded, and how many failed with each error code. */
export async function burstEnds(
  times: number,
  act: (index: number) => Promise<unknown>,
): Promise<Record<string, number>> {
  const ends = await burst(times, (index) => endOf(act(index)));
  return countBy(ends, (end) => end);
}

/** `ok`, or the code of the error. */
export function endOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
}

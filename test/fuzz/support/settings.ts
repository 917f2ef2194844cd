/** For every property, the documented request and a generated one; `FUZZ_RUNS` sets more runs, `FUZZ_SEED` another seed. */
const RUNS = 2;
const SEED = 20261126;

export interface FuzzSettings {
  runs: number;
  seed: number;
  /** Replays one failure, as it was printed: that run alone, and its shrunk form. */
  path: string | undefined;
  /** How long one contract may take: each operation and caller gets an equal part. Undefined: as long as it takes. */
  minutes: number | undefined;
}

export function readFuzzSettings(
  { FUZZ_RUNS, FUZZ_SEED, FUZZ_PATH, FUZZ_MINUTES }: NodeJS.ProcessEnv = process.env,
): FuzzSettings {
  return {
    runs: integer('FUZZ_RUNS', FUZZ_RUNS) ?? RUNS,
    seed: integer('FUZZ_SEED', FUZZ_SEED) ?? SEED,
    path: FUZZ_PATH === '' ? undefined : FUZZ_PATH,
    minutes: integer('FUZZ_MINUTES', FUZZ_MINUTES),
  };
}

function integer(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is ${text}, and should be a whole number`);
  return Number(text);
}

/** Each property has a seed of its own, independent of the properties before it. */
export function seedOf(seed: number, name: string): number {
  let hash = seed | 0;
  for (let index = 0; index < name.length; index += 1)
    hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return hash;
}

export interface Argon2Parameters {
  memoryKib: number;
  timeCost: number;
}

/** argon2id with one lane, writing and reading PHC strings; every engine reads what the others wrote. */
export interface Argon2Engine {
  hash(password: Buffer, parameters: Argon2Parameters): Promise<string>;
  /** Rejects where `phc` is not an argon2 PHC string. */
  verify(phc: string, password: Buffer): Promise<boolean>;
}

/** `@node-rs/argon2`: an optional dependency with SIMD, more than twice as fast on the same parameters. */
export async function loadNodeRsEngine(): Promise<Argon2Engine> {
  const { hash, verify } = await import('@node-rs/argon2');
  return {
    hash: (password, { memoryKib, timeCost }) =>
      hash(password, { memoryCost: memoryKib, timeCost, parallelism: 1 }),
    verify: (phc, password) => verify(phc, password),
  };
}

/** `argon2`: installs everywhere. */
export async function loadPortableEngine(): Promise<Argon2Engine> {
  const { argon2id, hash, verify } = await import('argon2');
  return {
    hash: (password, { memoryKib, timeCost }) =>
      hash(password, { type: argon2id, memoryCost: memoryKib, timeCost, parallelism: 1 }),
    verify: (phc, password) => verify(phc, password),
  };
}

export const ARGON2_ENGINE = Symbol('Argon2Engine');

/** The fastest engine that is installed and loads on this platform. */
export async function loadArgon2Engine(): Promise<Argon2Engine> {
  return loadNodeRsEngine().catch(() => loadPortableEngine());
}

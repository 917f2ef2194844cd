export interface Argon2Parameters {
  memoryKib: number;
  timeCost: number;
}

/** Argon2id (RFC 9106) with one lane. Writes and reads PHC strings; each engine verifies hashes made by the other. */
export interface Argon2Engine {
  hash(password: Buffer, parameters: Argon2Parameters): Promise<string>;
  /** Rejects if `phc` is not an argon2 PHC string. */
  verify(phc: string, password: Buffer): Promise<boolean>;
}

/** `@node-rs/argon2`: an optional dependency that uses SIMD and is more than twice as fast with the same parameters. */
export async function loadNodeRsEngine(): Promise<Argon2Engine> {
  const { hash, verify } = await import('@node-rs/argon2');
  return {
    hash: (password, { memoryKib, timeCost }) =>
      hash(password, { memoryCost: memoryKib, timeCost, parallelism: 1 }),
    verify: (phc, password) => verify(phc, password),
  };
}

/** `argon2`: available on every platform. */
export async function loadPortableEngine(): Promise<Argon2Engine> {
  const { argon2id, hash, verify } = await import('argon2');
  return {
    hash: (password, { memoryKib, timeCost }) =>
      hash(password, { type: argon2id, memoryCost: memoryKib, timeCost, parallelism: 1 }),
    verify: (phc, password) => verify(phc, password),
  };
}

export const ARGON2_ENGINE = Symbol('Argon2Engine');

/** Returns the fastest engine that is installed and loads on this platform. */
export async function loadArgon2Engine(): Promise<Argon2Engine> {
  return loadNodeRsEngine().catch(() => loadPortableEngine());
}

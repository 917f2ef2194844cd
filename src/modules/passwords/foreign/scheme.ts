/** A binary value: base64 or base64url (RFC 4648 §4 and §5), with or without padding. */
export type Base64 = string;

/** A password hash that another system made, with the parameters that it was made with. */
export type ForeignHash =
  | { scheme: 'argon2'; hash: string }
  | { scheme: 'bcrypt'; hash: string }
  | { scheme: 'ssha'; hash: string }
  | ({ scheme: 'firebase-scrypt'; hash: Base64; salt: Base64; signerKey: Base64 } & FirebaseCosts)
  | ({ scheme: 'pbkdf2'; hash: Base64; salt: Base64 } & Pbkdf2Costs)
  | ({ scheme: 'scrypt'; hash: Base64; salt: Base64 } & ScryptCosts);

interface FirebaseCosts {
  saltSeparator: Base64;
  rounds: number;
  memoryCost: number;
}

interface Pbkdf2Costs {
  digest: 'sha1' | 'sha256' | 'sha512';
  iterations: number;
}

interface ScryptCosts {
  N: number;
  r: number;
  p: number;
}

export type SchemeName = ForeignHash['scheme'];
export type HashOf<Name extends SchemeName> = Extract<ForeignHash, { scheme: Name }>;
type Cost = string | number;

/** How hashes of one scheme are checked. */
export interface Scheme<Hash> {
  /** Why the hash is refused; null for one that can be compared within the bounds. */
  findProblem(hash: Hash): string | null;
  /** What determines the work of a comparison. */
  costsOf(hash: Hash): Cost[];
  /** A hash with these costs that no password has. */
  decoy(costs: Cost[]): Hash;
  matches(hash: Hash, password: Buffer): Promise<boolean>;
}

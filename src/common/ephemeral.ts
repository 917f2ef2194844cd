/** The database of an ephemeral server: it is deleted when the server ends. */
export interface EphemeralDatabase {
  /** From the next statement on, the database is ahead of the machine's clock by so many milliseconds. */
  shiftClock(milliseconds: number): Promise<void>;
  /** Remembers the present rows, for `restore`. */
  keep(): Promise<void>;
  /** Brings back the remembered rows, and only those. */
  restore(): Promise<void>;
}

export const EPHEMERAL_DATABASE = Symbol('EphemeralDatabase');

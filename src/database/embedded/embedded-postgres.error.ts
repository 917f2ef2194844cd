/** The embedded database cannot be used as things are. The message says what is wrong and what to do about it. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = new.target.name;
  }
}

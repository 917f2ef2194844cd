/** An error that the operator must correct before anything can be tried. */
export class UsageError extends Error {}

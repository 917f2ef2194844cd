/** What the operator has to put right before anything can be tried. */
export class UsageError extends Error {}

/** Timeouts of a Node server that replaces another service: disabled, because the machine may stand still. */
export const PATIENT_SERVER = {
  headersTimeout: 600_000,
  requestTimeout: 600_000,
  keepAliveTimeout: 600_000,
} as const;

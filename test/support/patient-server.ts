/** For a server of Node's that stands in for another: its limits of time, none over while the machine stands still. */
export const PATIENT_SERVER = {
  headersTimeout: 600_000,
  requestTimeout: 600_000,
  keepAliveTimeout: 600_000,
} as const;

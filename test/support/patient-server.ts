/** Timeouts of a Node server that replaces another service: disabled, because the machine may stand still. */
export const PATIENT_SERVER = {
  headersTimeout: 600_000,
  requestTimeout: 600_000,
  keepAliveTimeout: 600_000,
} as const;

/** The same for nginx, in its `http` block. */
export const PATIENT_NGINX = [
  'client_header',
  'client_body',
  'keepalive',
  'send',
  'proxy_connect',
  'proxy_read',
  'proxy_send',
]
  .map((name) => `${name}_timeout 600s;`)
  .join(' ');

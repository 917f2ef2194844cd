import { DeliveryFailed, DeliveryUnanswered } from '../transport.js';

/** Errors before anything was sent: name resolution, connection, certificates. */
const NOT_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** The error for a call without a response: DeliveryUnanswered unless it is certain that nothing was sent. */
export function callFailure(error: unknown): DeliveryFailed {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  const code = cause?.code ?? (name === 'TimeoutError' || name === 'AbortError' ? 'ETIMEDOUT' : 'EUNKNOWN');
  return NOT_SENT.test(code) ? new DeliveryFailed({ code }) : new DeliveryUnanswered({ code });
}

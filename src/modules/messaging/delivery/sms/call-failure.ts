import { DeliveryFailed, DeliveryUnanswered } from '../transport.js';

/** There was no connection to send anything on: addresses, routes, certificates. */
const NOT_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** What became of a call that got no answer. Where that cannot be told, the other side may have taken it. */
export function callFailure(error: unknown): DeliveryFailed {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  const code = cause?.code ?? (name === 'TimeoutError' || name === 'AbortError' ? 'ETIMEDOUT' : 'EUNKNOWN');
  return NOT_SENT.test(code) ? new DeliveryFailed({ code }) : new DeliveryUnanswered({ code });
}

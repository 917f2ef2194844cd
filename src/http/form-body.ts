import { AppError } from '../common/app-error.js';
import { parseJsonBody } from './json-body.js';

/** Parses a form into an object of texts, with the bounds of JSON. A repeated name is refused (RFC 6749 §3.2). */
export function parseFormBody(text: string): unknown {
  const fields = [...new URLSearchParams(text)];
  if (new Set(fields.map(([name]) => name)).size < fields.length) {
    throw new AppError('malformed_request', { detail: 'Send each field once.' });
  }
  return parseJsonBody(JSON.stringify(Object.fromEntries(fields)));
}

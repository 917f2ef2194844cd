import { InvalidClient, InvalidTokenRequest } from './service-accounts.errors.js';

/** RFC 7523 §2.2 */
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** How a client authenticates: by secret, or by an assertion (`private_key_jwt`). Unverified. */
export type ClientCredentials =
  | { method: 'secret'; clientId: string; secret: string }
  | { method: 'assertion'; clientId?: string; assertion: string };

/** The fields of a form that authenticate a client. Empty ones count as absent (RFC 6749 §3.2). */
export interface ClientFields {
  client_id?: string;
  client_secret?: string;
  client_assertion?: string;
  client_assertion_type?: string;
}

/**
 * Reads the one credential of the request. RFC 6749 §2.3: more than one is refused. Throws InvalidTokenRequest, or
 * InvalidClient if there is none.
 */
export function readClientCredentials(
  authorization: string | undefined,
  {
    client_id: id,
    client_secret: secret,
    client_assertion: assertion,
    client_assertion_type: type,
  }: ClientFields,
): ClientCredentials {
  // Another scheme is no way in which a client authenticates, such as the stale token that a library sends everywhere
  const basicText = /^Basic +\S/i.test(authorization ?? '') ? authorization : undefined;
  const used = [basicText, secret, assertion].filter((credential) => credential !== undefined);
  if (used.length > 1) throw new InvalidTokenRequest('Authenticate in one way only.');
  if (basicText !== undefined) {
    const basic = readBasic(basicText);
    if (id !== undefined && id !== basic.clientId) throw new InvalidTokenRequest('The client ids differ.');
    return basic;
  }
  if (assertion !== undefined) {
    if (type !== JWT_BEARER) throw new InvalidTokenRequest(`Send client_assertion_type=${JWT_BEARER}.`);
    return { method: 'assertion', clientId: id, assertion };
  }
  if (id === undefined || secret === undefined) throw new InvalidClient('no credential');
  return { method: 'secret', clientId: id, secret };
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. Throws InvalidClient. */
export function readBasic(authorization: string): ClientCredentials & { method: 'secret' } {
  const [, encoded] = /^Basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(authorization) ?? [];
  if (encoded === undefined) throw new InvalidClient('not Basic');
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (id === undefined || secret === undefined) throw new InvalidClient('no colon');
  return { method: 'secret', clientId: formDecoded(id), secret: formDecoded(secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new InvalidClient('not form-encoded');
  }
}

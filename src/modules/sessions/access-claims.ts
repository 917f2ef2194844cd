import type { SessionState } from '../../common/actor.js';

/** Of tenants of which nobody knows in which product they were created, and of sessions without a tenant. */
const PRODUCT_OF_NONE = 'primary';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The claims of RFC 9068 §2.2, plus the session (`sid`) and its token version (`ver`). Contains ids and the role, no
 * other personal data. While the session must still enrol a second factor, tenant and role are omitted: resource
 * servers that verify offline grant access by them. For the same reason, the role is omitted if an operator may only read
 * in the place of the person.
 */
export interface AccessClaims {
  iss: string;
  aud: string;
  sub: string;
  /** The key of the product of the tenant; absent from a token that an earlier version issued. */
  client_id?: string;
  sid: string;
  jti: string;
  iat: number;
  nbf: number;
  exp: number;
  ver: number;
  /** RFC 8693 §4.1: the operator who acts in the place of the person. */
  act?: { sub: string };
  org_id?: string;
  role?: string;
  role_level?: number;
}

/**
 * The claims of RFC 9068 §2.2 of a service account's token: it has no session, person or role. A token is of a person if it has
 * a session, whatever its `client_id`.
 */
export interface ClientClaims {
  iss: string;
  aud: string;
  /** The same as `client_id` (RFC 9068 §2.2). */
  sub: string;
  client_id: string;
  scope: string;
  jti: string;
  iat: number;
  nbf: number;
  exp: number;
  org_id?: string;
}

/** Of complete claims. */
export const isOfPerson = (claims: AccessClaims | ClientClaims): claims is AccessClaims => 'sid' in claims;

/** Either the claims of a session or those of a service account: never both, never neither. */
export function isComplete(
  claims: Partial<AccessClaims> | Partial<ClientClaims>,
): claims is AccessClaims | ClientClaims {
  const { exp, iat, nbf, sub, jti } = claims;
  return (
    (isOfSession(claims) || isOfClient(claims)) &&
    [exp, iat, nbf].every(Number.isSafeInteger) &&
    isId(sub) &&
    typeof jti === 'string'
  );
}

/** Its client is a product, whose key is no id: an id would be a service account. */
function isOfSession(claims: Partial<AccessClaims & ClientClaims>): boolean {
  const { sid, ver, scope, client_id: product } = claims;
  const isProduct = product === undefined || (typeof product === 'string' && !UUID.test(product));
  return isId(sid) && Number.isSafeInteger(ver) && scope === undefined && isProduct;
}

function isOfClient(claims: Partial<AccessClaims & ClientClaims>): boolean {
  const { sub, scope, client_id: id } = claims;
  const isSession = ['sid', 'ver', 'act', 'role'].some((name) => name in claims);
  return !isSession && id === sub && typeof scope === 'string';
}

const isId = (id: unknown): id is string => typeof id === 'string' && UUID.test(id);

/** RFC 9068 §2.2: the client of a person's token is the product that the person uses. */
export const clientOf = ({ membership }: Pick<SessionState, 'membership'>): string =>
  membership?.tenant.product ?? PRODUCT_OF_NONE;

/** Of the tenant that the session acts in, as far as resource servers may grant access by it. */
export function tenantClaims({
  membership,
  enrolmentRequired,
  impersonation,
}: SessionState): Pick<AccessClaims, 'org_id' | 'role' | 'role_level'> {
  if (!membership || enrolmentRequired) return {};
  const { tenant, role } = membership;
  if (impersonation?.access === 'read') return { org_id: tenant.id };
  return { org_id: tenant.id, role: role.key, role_level: role.level };
}

/**
 * Where a request came from, for limits, the audit trail and the list of sessions. It authorizes nothing by itself: the
 * address of an operator only narrows what password, code and token admit to.
 */
export interface RequestOrigin {
  /** The address of the socket, or the one that a trusted proxy reports (TRUST_PROXY). */
  address: string;
  userAgent: string | null;
  requestId: string;
  /** The path as requested, with its query. It tells the product. */
  path?: string;
  /** The operator who acts in the place of the person. */
  impersonatedBy?: string;
  /** Of an operator who is signed in. */
  byOperator?: true;
  /** The header of that name. */
  acceptLanguage?: string;
  /** A browser that keeps its refresh token in a cookie: so do the sessions that the request opens. */
  inCookie?: boolean;
}

/** Whether an operator sent the request. Neither people nor tenants are told from where: that is the operator's own. */
export const isOfOperator = ({ byOperator, impersonatedBy }: RequestOrigin): boolean =>
  byOperator === true || impersonatedBy !== undefined;

/**
 * The unit in which addresses are limited: IPv4 by /32, IPv6 by /64 (one customer gets a whole /64). IPv4-mapped IPv6
 * counts as IPv4.
 */
export function addressBlock(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::')
    ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
    : [];
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}

/** Whether one of the addresses is in the same block. */
export function isInBlockOf(addresses: string[], address: string): boolean {
  const block = addressBlock(address);
  return addresses.some((other) => addressBlock(other) === block);
}

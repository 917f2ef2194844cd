import { canonicalAddress, formatNetwork, isWithin, type Network, parseNetwork } from './network.js';
import { remembered } from './remembered.js';

const NAT64: Network = { bits: 128, address: 0x64ff9bn << 96n, prefix: 96 };

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
 * The unit in which addresses are limited: IPv4 by /32, IPv6 by /64 (one customer gets a whole /64), in whatever form they are
 * written (`canonicalAddress`). In 64:ff9b::/96 (NAT64, RFC 6052) each address is that of one IPv4 client, and a unit of its
 * own; else the whole IPv4 Internet would share one. It stays apart from that client's IPv4 address: a translator of somebody
 * else may name any.
 */
export const addressBlock = remembered((text): string => {
  const address = canonicalAddress(text);
  const network = parseNetwork(address ?? '');
  if (!address || !network) return text;
  if (network.bits === 32 || isWithin([NAT64], address)) return address;
  return `${formatNetwork(network).split(':').slice(0, 4).join(':')}::/64`;
});

/** Whether one of the addresses is in the same block. */
export function isInBlockOf(addresses: string[], address: string): boolean {
  const block = addressBlock(address);
  return addresses.some((other) => addressBlock(other) === block);
}

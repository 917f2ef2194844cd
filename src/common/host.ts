import { BlockList, isIP, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine reaches what listens there. A name other than `localhost` may be anything. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

const BRACKETED = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i;
const NAMED = /^([a-z0-9._-]{1,253}?)\.?(?::\d{1,5})?$/i;

/**
 * The host of an authority (RFC 9110 §7.2: `Host`): lower-case, without port, brackets and the root's dot. Null for
 * what is none; nothing is decoded or corrected.
 */
export function hostOf(authority: string): string | null {
  const [, literal] = BRACKETED.exec(authority) ?? [];
  if (literal !== undefined) return isIPv6(literal) ? literal.toLowerCase() : null;
  return NAMED.exec(authority)?.[1]?.toLowerCase() ?? null;
}

/**
 * Whether no name server but this machine's own decides where the host is: an IP address, or `localhost` and what is
 * below it (RFC 6761 §6.3). Whoever rebinds a name of theirs to this machine arrives under that name.
 */
export function isUnboundHost(host: string): boolean {
  return isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost');
}

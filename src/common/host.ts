import { BlockList, isIP, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * True if only this machine can reach a server that listens on the host. Of names, only `localhost` qualifies: any
 * other may resolve to anything.
 */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

const BRACKETED = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i;
const NAMED = /^([a-z0-9._-]{1,253}?)\.?(?::\d{1,5})?$/i;

/**
 * The host of an authority (RFC 9110 §7.2: `Host`): lower-case, without port, brackets and final dot. Null if the text
 * is not an authority; nothing is decoded or corrected.
 */
export function hostOf(authority: string): string | null {
  const [, literal] = BRACKETED.exec(authority) ?? [];
  if (literal !== undefined) return isIPv6(literal) ? literal.toLowerCase() : null;
  return NAMED.exec(authority)?.[1]?.toLowerCase() ?? null;
}

/**
 * True for an IP address, for `localhost` and for names below it (RFC 6761 §6.3): no remote name server decides where
 * they lead. An attacker who rebinds a name to this machine sends that name.
 */
export function isUnboundHost(host: string): boolean {
  return isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost');
}

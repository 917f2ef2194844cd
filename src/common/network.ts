import { isIP, isIPv4, SocketAddress } from 'node:net';
import { remembered } from './remembered.js';

/** A block of addresses of one family. An IPv4-mapped IPv6 block (RFC 4291 §2.5.5.2) is stored as the IPv4 block. */
export interface Network {
  bits: 32 | 128;
  address: bigint;
  prefix: number;
}

type Address = Pick<Network, 'bits' | 'address'>;

const MAPPED = 0xffffn;

/**
 * Parses an address, or a block in CIDR notation (RFC 4632). Null for other text, and for a block with bits set beyond
 * its prefix: `10.0.0.1/8` could mean one address or all of them.
 */
export function parseNetwork(text: string): Network | null {
  const [head = '', length, ...more] = text.split('/');
  const address = readAddress(head);
  if (!address || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const prefix = length === undefined ? address.bits : Number(length);
  if (prefix > address.bits || hostBits(address, prefix) !== 0n) return null;
  return unmap({ ...address, prefix });
}

/** True if the address of the request lies in one of the blocks; false for text that is not an address. */
export function isWithin(networks: readonly Network[], origin: string): boolean {
  const own = parseNetwork(canonicalAddress(origin) ?? '');
  return (
    own !== null &&
    networks.some(({ bits, address, prefix }) => {
      const shift = BigInt(bits - prefix);
      return bits === own.bits && own.address >> shift === address >> shift;
    })
  );
}

/**
 * One text for each address: what proxies, sockets and people write otherwise becomes the same (RFC 5952). An IPv4-mapped
 * address is the IPv4 address, however it is written, and zones are left out: they mean something on one machine only. Null
 * for other text, also for IPv4 with leading zeros, which some programs read as octal.
 */
export const canonicalAddress = remembered((text): string | null => {
  if (isIPv4(text)) return text;
  const network = isIP(text) === 0 ? null : parseNetwork(text.split('%')[0] ?? '');
  if (!network) return null;
  const [plain = ''] = formatNetwork(network).split('/');
  return network.bits === 32 ? plain : new SocketAddress({ address: plain, family: 'ipv6' }).address;
});

/** CIDR notation, as PostgreSQL takes it. */
export function formatNetwork({ bits, address, prefix }: Network): string {
  const group = (index: number, size: bigint) =>
    (address >> (BigInt(bits) - size * BigInt(index + 1))) & ((1n << size) - 1n);
  const groups = (count: number, size: bigint, radix: number) =>
    Array.from({ length: count }, (_, index) => group(index, size).toString(radix));
  const text = bits === 32 ? groups(4, 8n, 10).join('.') : groups(8, 16n, 16).join(':');
  return `${text}/${prefix}`;
}

function readAddress(text: string): Address | null {
  const family = isIP(text);
  if (family === 4) return { bits: 32, address: fold(text.split('.').map(Number), 8n) };
  return family === 6 && !text.includes('%') ? { bits: 128, address: fold(groupsOf(text), 16n) } : null;
}

/** The eight groups of a well-formed IPv6 address. */
function groupsOf(text: string): number[] {
  const [left = [], right = []] = text.split('::').map((half) => half.split(':').flatMap(readGroup));
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function readGroup(group: string): number[] {
  if (group === '') return [];
  if (!group.includes('.')) return [parseInt(group, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

const fold = (parts: number[], size: bigint): bigint =>
  parts.reduce((whole, part) => (whole << size) | BigInt(part), 0n);

const hostBits = ({ bits, address }: Address, prefix: number): bigint =>
  address & ((1n << BigInt(bits - prefix)) - 1n);

function unmap(network: Network): Network {
  const { bits, address, prefix } = network;
  if (bits === 32 || prefix < 96 || address >> 32n !== MAPPED) return network;
  return { bits: 32, address: address & 0xffffffffn, prefix: prefix - 96 };
}

import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

const BRACKETED = /^\[([^\]]+)\](?::\d+)?$/;
const WITH_PORT = /^([\d.]+):\d+$/;

/**
 * Reduces `X-Forwarded-For` to addresses before Fastify reads it, as proxies do not send it alike: with ports (Azure's
 * gateways), brackets, quotes and zones, or with words such as `unknown` (RFC 7239 §6). Fastify walks the list from the
 * right as far as TRUST_PROXY reaches. What stands left of an entry that is no address was not added by a proxy that can be
 * believed, so the list ends there, and the nearest proxy counts as the client.
 */
export function installClientAddress(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join();
    if (forwarded !== '') headers['x-forwarded-for'] = addressesOf(forwarded).join(', ');
    if (headers['x-forwarded-for'] === '') delete headers['x-forwarded-for'];
    done();
  });
}

/** The addresses at the end of the list, up to the last entry that is none. */
export function addressesOf(forwarded: string): string[] {
  const addresses = forwarded.split(',').map(addressOf);
  return addresses.slice(addresses.lastIndexOf(null) + 1).filter((address) => address !== null);
}

function addressOf(entry: string): string | null {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const bare = BRACKETED.exec(text)?.[1] ?? WITH_PORT.exec(text)?.[1] ?? text;
  const [address = ''] = bare.split('%');
  return isIP(address) === 0 ? null : address;
}

import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { canonicalAddress } from '../common/network.js';

const BRACKETED = /^\[([^\]]+)\](?::\d*)?$/;
const PORT = /:\d*$/;

/**
 * Reduces `X-Forwarded-For` to addresses before Fastify reads it, as proxies do not send it alike: with ports (Azure's
 * gateways), brackets, quotes and zones, or with words such as `unknown` (RFC 7239 §6). Fastify walks the list from the
 * right as far as TRUST_PROXY reaches. What stands left of an entry that is no address was not added by a proxy that can be
 * believed, so the list ends there, and the nearest proxy counts as the client.
 */
export function installClientAddress(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    readForwarded(request.raw);
    done();
  });
}

function readForwarded({ headers }: IncomingMessage): void {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join();
  if (forwarded !== '') headers['x-forwarded-for'] = addressesOf(forwarded).join(', ');
  if (headers['x-forwarded-for'] === '') delete headers['x-forwarded-for'];
}

/**
 * Gives a request with a malformed URL the address that it would have with another: it passes no hook, and Fastify gives it the
 * address of the socket whatever TRUST_PROXY says.
 */
export function withClientAddress(trusted: string[]): (request: FastifyRequest) => FastifyRequest {
  const trust = proxyAddr.compile(trusted);
  return (request) => {
    readForwarded(request.raw);
    return Object.defineProperty(request, 'ip', { value: proxyAddr(request.raw, trust) });
  };
}

/** The addresses at the end of the list, up to the last entry that is none. */
export function addressesOf(forwarded: string): string[] {
  const addresses = forwarded.split(',').map(addressOf);
  return addresses.slice(addresses.lastIndexOf(null) + 1).filter((address) => address !== null);
}

/** What is no address with its last `:…` may be one without it: an IPv6 address without brackets counts as a whole first. */
function addressOf(entry: string): string | null {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const bracketed = BRACKETED.exec(text)?.[1];
  if (bracketed !== undefined) return canonicalAddress(bracketed);
  return canonicalAddress(text) ?? canonicalAddress(text.replace(PORT, ''));
}

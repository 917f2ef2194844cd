import { parse } from 'yaml';
import type { Client, Reply } from './client.js';
import { blockOf } from './fenced-blocks.js';

const PAGE = 'docs/product-services.md';

/** A request of a client as it reaches a gateway. */
interface Arrival {
  method: string;
  path: string;
  /** In lower case. */
  headers: Record<string, string>;
  from: string;
}

/** The headers with which the gateway forwards the request, or the answer by which it refuses it. */
export interface Decision {
  forwarded: Record<string, string> | null;
  reply: Reply;
}

/** The part of a gateway that asks before it forwards. `by` has the address that the gateway is trusted at. */
export type DocumentedGateway = (arrival: Arrival, by: Client) => Promise<Decision>;

const HOST = 'shop.example.com';
const namesOf = (headers: Record<string, string>, isWanted: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => isWanted(name)));

interface Matchers {
  patterns: { exact?: string; prefix?: string }[];
}
interface ExtAuthz {
  typed_config: {
    '@type': string;
    allowed_headers: Matchers;
    http_service: { path_prefix: string; authorization_response: { allowed_upstream_headers: Matchers } };
  };
}

const matches = ({ patterns }: Matchers, name: string) =>
  patterns.some(({ exact, prefix }) => name === exact || (prefix !== undefined && name.startsWith(prefix)));

/**
 * Envoy with `use_remote_address`: method, host, path and query of the request, nothing of its body, and of its headers those
 * that match. 200 is yes; then the headers of the answer that match take the place of the client's. Older versions
 * append an address of their own to X-Forwarded-For.
 */
export function envoy({ appends }: { appends?: string } = {}): DocumentedGateway {
  const [filter] = parse(blockOf(PAGE, 'yaml', '# Envoy')) as [ExtAuthz];
  const { allowed_headers: asked, http_service: service } = filter.typed_config;
  const { allowed_upstream_headers: copied } = service.authorization_response;
  return async ({ method, path, headers, from }, by) => {
    const own = { ...headers, 'x-forwarded-for': listOf(headers['x-forwarded-for'], from) };
    const sent: Record<string, string> = {
      ...namesOf(own, (name) => matches(asked, name)),
      ...{ host: HOST, 'x-envoy-internal': 'true', 'x-envoy-expected-rq-timeout-ms': '1000' },
    };
    if (appends) sent['x-forwarded-for'] = listOf(sent['x-forwarded-for'], appends);
    // Without a body it says so, also to GET
    const body = method === 'GET' || method === 'HEAD' ? undefined : '';
    const reply = await by.send(method, service.path_prefix + path, body, { headers: sent });
    const set = namesOf(reply.headers, (name) => matches(copied, name));
    return { forwarded: reply.status === 200 ? { ...own, ...set } : null, reply };
  };
}

interface ForwardAuth {
  address: string;
  authResponseHeaders: string[];
  trustForwardHeader?: boolean;
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'te', 'trailers', 'transfer-encoding', 'upgrade']);
/** What Go's client writes by itself. */
const OF_THE_BODY = new Set(['host', 'content-length']);

/**
 * Traefik: `GET` of the address with the headers of the request and what the request was in `X-Forwarded-…`. Any 2xx is yes;
 * then the listed headers are removed from the request, and those of the answer added.
 */
export function traefik(): DocumentedGateway {
  const { http } = parse(blockOf(PAGE, 'yaml', '# Traefik')) as {
    http: { middlewares: { gatehouse: { forwardAuth: ForwardAuth } } };
  };
  const { address, authResponseHeaders, trustForwardHeader = false } = http.middlewares.gatehouse.forwardAuth;
  const listed = new Set(authResponseHeaders.map((name) => name.toLowerCase()));
  return async ({ method, path, headers, from }, by) => {
    const sent = {
      ...namesOf(headers, (name) => !HOP_BY_HOP.has(name) && !OF_THE_BODY.has(name)),
      'x-forwarded-for': trustForwardHeader ? listOf(headers['x-forwarded-for'], from) : from,
      ...{ 'x-forwarded-method': method, 'x-forwarded-proto': 'https' },
      ...{ 'x-forwarded-host': HOST, 'x-forwarded-uri': path },
    };
    const reply = await by.send('GET', new URL(address).pathname, undefined, { headers: sent });
    const kept = namesOf(headers, (name) => !listed.has(name));
    const added = namesOf(reply.headers, (name) => listed.has(name));
    return { forwarded: reply.status >= 200 && reply.status < 300 ? { ...kept, ...added } : null, reply };
  };
}

function listOf(...addresses: (string | undefined)[]): string {
  return addresses.filter((address) => address !== undefined).join(', ');
}

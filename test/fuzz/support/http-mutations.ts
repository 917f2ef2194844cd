import fc from 'fast-check';
import type { WireRequest } from './requests.js';

/** A change of a request outside its body. */
export interface HttpMutation {
  name: string;
  apply: (request: WireRequest) => WireRequest;
}

const named = (name: string, apply: HttpMutation['apply']): HttpMutation => ({
  name,
  apply,
});

const onPath = (name: string, change: (path: string) => string) =>
  named(`path: ${name}`, (request) => {
    const [path = '', query] = request.path.split(/\?(.*)/s);
    return { ...request, path: query === undefined ? change(path) : `${change(path)}?${query}` };
  });

const lastLetter = (path: string, to: (letter: string) => string): string => path.replace(/.$/, to);

const PATHS: HttpMutation[] = [
  onPath('two slashes before', (path) => `/${path}`),
  onPath('two slashes within', (path) => path.replace(/(?<=.)\//, '//')),
  onPath('a slash after', (path) => `${path}/`),
  onPath('in capitals', (path) => path.toUpperCase()),
  onPath('a letter as %xx', (path) => lastLetter(path, (letter) => `%${letter.charCodeAt(0).toString(16)}`)),
  onPath('a letter as %25xx', (path) =>
    lastLetter(path, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
  ),
  onPath('slashes as %2f', (path) => `/${path.slice(1).replaceAll('/', '%2f')}`),
  onPath('%2f after', (path) => `${path}%2f`),
  onPath('%2e%2e', (path) => `/x/%2e%2e${path}`),
  onPath('..', (path) => `/x/..${path}`),
  onPath('.', (path) => `/.${path}`),
  onPath('..;', (path) => `/x/..;${path}`),
  onPath(';a=b', (path) => `${path};a=b`),
  onPath('%00', (path) => `${path}%00`),
  onPath('%20', (path) => `${path}%20`),
  onPath('%', (path) => `${path}%`),
  onPath('%c0%af', (path) => `${path}/%c0%af`),
  onPath('%ed%a0%80', (path) => `${path}%ed%a0%80`),
  onPath('a fragment', (path) => `${path}#x`),
  onPath('.json', (path) => `${path}.json`),
  onPath('5,000 letters', (path) => `${path}/${'a'.repeat(5_000)}`),
  onPath('another host', (path) => `http://evil.example${path}`),
  onPath('bytes above 127', (path) => `${path}\u00e9`),
];

const METHODS = [
  'TRACE',
  'PROPFIND',
  'OPTIONS',
  'HEAD',
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'get',
  'Post',
  'QUERY',
  'LINK',
  'FOO',
  'a'.repeat(500),
];

const onQuery = (query: string) =>
  named(`query: ${query.slice(0, 30)}`, (request) => ({
    ...request,
    path: `${request.path}${request.path.includes('?') ? '&' : '?'}${query}`,
  }));

const QUERIES = [
  'limit=1&limit=2',
  'limit[]=1',
  'limit[a][b][c]=1',
  'cursor=%00',
  'search=%25%5f%5c',
  '__proto__[admin]=true',
  'constructor[prototype][admin]=true',
  'hasOwnProperty=1',
  'access_token=x',
  'token=a&token=b',
  '%',
  '&&&=',
  `x=${'a'.repeat(6_000)}`,
  Array.from({ length: 1_500 }, (_, index) => `a${index}`).join('&'),
  'id=1&tenantId=1&_method=DELETE',
];

const MEDIA_TYPES = [
  'text/plain',
  'text/json',
  'application/xml',
  'application/jsonp',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'multipart/mixed; boundary=fuzz',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/json; charset="utf-8"; charset=utf-7',
  'application/json;charset=UTF-8',
  'Application/JSON',
  'application/merge-patch+json',
  'application/problem+json',
  'application/json, text/plain',
  'application/json;',
  '*/*',
  'x',
  ' ',
  '\u00e9',
  `application/json; x=${'a'.repeat(4_000)}`,
];

const withHeader = (...headers: string[]) =>
  named(`header: ${headers.map((text) => text.slice(0, 40)).join(' ')}`, (request) => ({
    ...request,
    headers: [...request.headers, ...headers],
  }));

const HEADERS = [
  ['user-agent', 'a'.repeat(8_000)],
  ['user-agent', 'a'.repeat(20_000)],
  ['user-agent', '\u00ff\u00fe\u0080'],
  ['accept', 'text/html;q=0.1'],
  ['accept', ';;;,,,q='],
  ['accept-language', '*;q=9'],
  ['accept-encoding', 'gzip, br, x'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'x'],
  ['cookie', '__Host-refresh=x; a=b; __proto__=1'],
  ['origin', 'null'],
  ['origin', 'https://evil.example'],
  ['referer', 'javascript:0'],
  ['range', 'bytes=0-0'],
  ['if-none-match', '*'],
  ['if-modified-since', 'never'],
  ['x-forwarded-for', '127.0.0.1, ::1, x'],
  ['x-forwarded-host', 'evil.example'],
  ['forwarded', 'for=127.0.0.1;host=evil.example'],
  ['x-forwarded-proto', 'ftp'],
  ['x-http-method-override', 'DELETE'],
  ['x-request-id', '\u00e9'.repeat(300)],
  ['idempotency-key', 'a'.repeat(3_000)],
  ['idempotency-key', '__proto__'],
  ['x-api-key', 'x'],
  ['x-api-key', 'sk_live_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg37cCQ0'],
  ['x-api-key', '', 'x-api-key', 'x'],
  ['x-original-url', '/auth/me'],
  ['host', 'evil.example'],
  ['host', ''],
  ['host', 'a:b:c'],
  ['upgrade-insecure-requests', '1'],
  ['authorization', ''],
  ['authorization', 'Bearer x'],
];

/** Replaces the caller's own. */
const CREDENTIALS = [
  '',
  'Bearer',
  'Bearer ',
  'Bearer x',
  'bearer  x',
  'Bearer a b',
  'Basic YTpi',
  'Negotiate x',
  `Bearer ${'a'.repeat(9_000)}`,
  'Bearer eyJhbGciOiJub25lIn0.e30.',
  'Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJ4In0.',
  'Bearer sk_live_x',
  'Bearer \u00e9',
  'Bearer __proto__',
  'Bearer null',
];

const withCredential = (text: string) =>
  named(`authorization: ${text.slice(0, 30)}`, (request) => ({
    ...request,
    headers: [...without(request.headers, 'authorization'), 'authorization', text],
  }));

const withType = (type: string) =>
  named(`content-type: ${type.slice(0, 40)}`, (request) => ({
    ...request,
    headers: [...without(request.headers, 'content-type'), 'content-type', type],
    body: request.body ?? '{}',
  }));

const WITHOUT_TYPE = named('no content-type', (request) => ({
  ...request,
  headers: without(request.headers, 'content-type'),
}));

function without(headers: string[], name: string): string[] {
  return headers.filter((_, index) => headers[index - (index % 2)] !== name);
}

export const httpMutation: fc.Arbitrary<HttpMutation> = fc.oneof(
  fc.constantFrom(...PATHS),
  fc.constantFrom(
    ...METHODS.map((method) =>
      named(`method: ${method.slice(0, 20)}`, (request) => ({ ...request, method })),
    ),
  ),
  fc.constantFrom(...QUERIES.map(onQuery)),
  fc.constantFrom(WITHOUT_TYPE, ...MEDIA_TYPES.map(withType)),
  fc.constantFrom(...HEADERS.map((headers) => withHeader(...headers))),
  fc.constantFrom(...CREDENTIALS.map(withCredential)),
);

import http from 'node:http';
import https from 'node:https';
import { replyOf } from './reply.js';

const TIMEOUT_MS = 300_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Connections from one source address. */
export function createAgent(origin, localAddress) {
  const { Agent } = origin.startsWith('https:') ? https : http;
  return new Agent({ keepAlive: true, maxSockets: 32, ...(localAddress && { localAddress, family: 4 }) });
}

/** One request exactly as given: the path is not normalised, no redirect is followed, nothing is retried. */
export function send(origin, agent, { method, path, headers, body }) {
  const { request } = origin.startsWith('https:') ? https : http;
  const { hostname, port } = new URL(origin);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { agent, method, path, port, hostname: hostname.replace(/^\[|\]$/g, '') };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, headers: { ...length, ...headers }, timeout: TIMEOUT_MS });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`No answer to ${method} ${path.slice(0, 80)}`)));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => collect(response).then(resolve, reject));
    outgoing.end(body);
  });
}

async function collect(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('The answer is larger than 8 MiB');
    chunks.push(chunk);
  }
  return replyOf(response, Buffer.concat(chunks));
}

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Gatehouse } from './gatehouse.js';

const { GATEHOUSE_URL, CLIENT_ID, CLIENT_SECRET, PORT = '4000' } = process.env;
const gatehouse = new Gatehouse({ url: GATEHOUSE_URL, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });

/** The paths of the products, and the resources of the permission catalogue behind them. */
const RESOURCES = { '/api/v1/invoices': 'invoices', '/v1/agents': 'agents' };
const ACTIONS = { GET: 'view', POST: 'create', PUT: 'edit', PATCH: 'edit', DELETE: 'delete' };

/** resource and organisation → id → record. */
const stored = new Map();

function recordsOf(resource, organisation) {
  const key = `${resource} ${organisation}`;
  if (!stored.has(key)) stored.set(key, new Map());
  return stored.get(key);
}

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://service');
  const path = Object.keys(RESOURCES).find((one) => pathname === one || pathname.startsWith(`${one}/`));
  const action = ACTIONS[request.method];
  if (path === undefined || action === undefined) return [404];
  const credential = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (credential === undefined) return [401];

  const { active, organisation, allowed } = await gatehouse.check(credential, RESOURCES[path], action);
  if (!active) return [401];
  if (!allowed) return [403];
  // Records of another organisation are in another map: their ids are unknown here
  return perform(action, recordsOf(RESOURCES[path], organisation), pathname.slice(path.length + 1), request);
}

async function perform(action, records, id, request) {
  if (action === 'create' || (action === 'view' && id === '')) {
    if (action === 'view') return [200, { data: [...records.values()] }];
    const record = { ...(await json(request)), id: randomUUID() };
    records.set(record.id, record);
    return [201, record];
  }
  if (!records.has(id)) return [404];
  if (action === 'edit') records.set(id, { ...(await json(request)), id });
  if (action === 'delete') return records.delete(id) && [204];
  return [200, records.get(id)];
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request).catch((error) => {
    console.error(error.message);
    return error instanceof SyntaxError ? [400] : [503];
  });
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  });
  response.end(body && JSON.stringify(body));
});
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

import { Addresses } from '../http/addresses.js';
import { isLoopback } from '../confirm.js';
import { UsageError } from '../usage-error.js';
import { clock } from '../totp.js';
import { Mailbox } from './mailbox.js';
import { operationsOf, ownDocument } from './operations.js';
import { signInOwner } from './owner.js';
import { Scope } from './scope.js';

const CONTRACTS = { primary: '/auth/login', katixo: '/api/v1/auth/login', datixlab: '/v1/auth/login' };
const BUDGET = 90;

/** Connects to the target and signs the owner in. All cases share the result. */
export async function openWorld({ target: url, wait, ...options }, credentials) {
  const onThisMachine = isLoopback(url);
  const world = {
    sent: 0,
    /** Ids of the people who were deleted: two accounts of the pack may be one after a case. */
    removed: new Set(),
    wait,
    mayRegister: onThisMachine || options['may-register'] === true,
    addresses: await Addresses.of(url, onThisMachine),
    target: { origin: url.origin, contracts: new Set(), documents: {}, hasMailbox: false },
    mailboxFor: (scope) => new Mailbox(scope.client()),
    operations: (wanted) => operationsOf(Object.values(world.target.documents), wanted),
  };
  world.scope = new Scope(world, 'set-up', BUDGET);
  try {
    await explore(world.scope);
    world.home = await signInOwner(world.scope, options, credentials);
  } catch (error) {
    await world.scope.close();
    throw error;
  }
  return world;
}

async function explore(scope) {
  const { target } = scope;
  const client = scope.client();
  const ready = await client.get('/health/ready').catch(() => null);
  if (ready?.status !== 200) throw new UsageError(`No server is ready at ${target.origin}`);
  clock.set(ready.headers.date);
  for (const [name, path] of Object.entries(CONTRACTS)) {
    if ((await client.post(path, {})).status === 404) continue;
    target.contracts.add(name);
    const document = await client.get(`/openapi/${name}.json`);
    target.documents[name] = document.status === 200 ? document.body : ownDocument(name);
  }
  if (!target.contracts.has('primary'))
    throw new UsageError(`${target.origin} does not serve the primary contract`);
  const inbox = await client.get('/dev/messages?limit=1');
  target.hasMailbox = inbox.status === 200 && Array.isArray(inbox.body);
}

import { Connection, request } from '../connection.mjs';
import { HAS_MANY_ADDRESSES, nextAddress } from '../load.mjs';
import { LOGINS_PER_ADDRESS } from '../sign-in-paths.mjs';

/*
 * Sign-ins without a pause over the given number of connections, in a process of its own, until the parent ends it: who
 * is refused tries again at once. It answers each message with what it has counted.
 */
const { port, connections, accounts } = JSON.parse(process.argv[2]);
/** Other addresses than those of the measured load. */
const NETWORK = 100;
const counts = { signedIn: 0, refused: 0, refusedMs: 0 };

process.on('message', () => process.send(counts));
process.on('disconnect', () => process.exit());
await Promise.all(Array.from({ length: connections }, (_, first) => flood(first)));

async function flood(first) {
  for (let sent = first; ; sent += LOGINS_PER_ADDRESS) {
    const localAddress = HAS_MANY_ADDRESSES ? nextAddress(NETWORK) : undefined;
    const line = await Connection.open({ port, localAddress });
    for (let more = 0; more < LOGINS_PER_ADDRESS; more += 1) {
      // The server ends the connection of who is refused
      if (!(await signIn(line, accounts[(sent + more) % accounts.length]))) break;
    }
    line.close();
  }
}

async function signIn(line, { email, password }) {
  const began = performance.now();
  const { isSuccess } = await line.ask(request('POST', '/auth/login', { body: { email, password } }));
  if (isSuccess) counts.signedIn += 1;
  else {
    counts.refused += 1;
    counts.refusedMs += performance.now() - began;
  }
  return isSuccess;
}

import { walkDatixlab } from './datixlab.js';
import { walkKatixo } from './katixo.js';
import { walkPrimary } from './primary.js';
import { Walk } from './walk.js';

/**
 * Calls all three contracts of a running development server, prints each step, and ends with 1 at the first response
 * that is not as expected: `npm run demo -- http://127.0.0.1:3000`. Needs the server's `/dev`, which has the codes
 * and links. Everything it creates has unique names, so that it can run again.
 */
const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const origin = (process.argv[2] ?? `http://${HOST}:${PORT}`).replace(/\/$/, '');

try {
  const walk = new Walk(origin);
  await walk.assertReady();
  const contracts = { primary: walkPrimary, katixo: walkKatixo, datixlab: walkDatixlab };
  for (const [name, take] of Object.entries(contracts)) {
    if (await walk.isServed(name)) await take(walk);
    else console.log(`\nThe ${name} contract is closed at this server.`);
  }
  console.log(`\n${walk.steps} steps, all as they should be. The messages are at ${origin}/dev/inbox`);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * `npm run test:prism -- http://127.0.0.1:3000 [--scripts demo,seed] [--contracts katixo,datixlab,primary]`: runs `npm run demo`
 * and `npm run seed` against a development server through Prism, which checks every request and answer against the
 * documents and refuses what differs. Prism is installed into a temporary folder.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scripts: { type: 'string', default: 'demo,seed' }, contracts: { type: 'string' } },
});
const origin = (positionals[0] ?? 'http://127.0.0.1:3000').replace(/\/$/, '');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-prism-'));
const CONTRACTS = [
  { name: 'katixo', paths: /^\/api\/v1\// },
  { name: 'datixlab', paths: /^\/v1\/auth\// },
  { name: 'primary', paths: /^\/(?!dev\/|openapi\/)/ },
];
const proxies = [];

try {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--silent'];
  const installed = spawnSync('npm', ['install', ...flags, '@stoplight/prism-cli@5.14'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (installed.status !== 0) throw new Error(`Prism cannot be installed: ${installed.stderr}`);
  const names = CONTRACTS.map(({ name }) => name);
  const chosen = values.contracts?.split(',') ?? names;
  if (!chosen.every((name) => names.includes(name))) throw new Error(`Contracts are ${names.join(', ')}`);
  for (const contract of CONTRACTS)
    if (chosen.includes(contract.name)) contract.port = await startProxy(contract.name);
  const router = createServer(route);
  await once(router.listen(0, '127.0.0.1'), 'listening');
  for (const script of values.scripts.split(','))
    process.exitCode ||= await run(`scripts/${script}/main.js`, `http://127.0.0.1:${router.address().port}`);
  router.close();
  router.closeAllConnections();
} finally {
  for (const proxy of proxies) proxy.kill();
  rmSync(folder, { recursive: true });
}

/** Resolves with the port as soon as Prism listens. */
async function startProxy(name) {
  const program = join(folder, 'node_modules/.bin/prism');
  const port = await freePort();
  const options = ['--errors', '--host', '127.0.0.1', '--port', String(port)];
  const proxy = spawn(program, ['proxy', resolve(`openapi/${name}.json`), origin, ...options]);
  proxies.push(proxy);
  let printed = '';
  await new Promise((ready, failed) => {
    const read = (chunk) => {
      printed += chunk;
      if (printed.includes('Prism is listening')) ready();
    };
    proxy.stdout.on('data', read);
    proxy.stderr.on('data', read);
    proxy.on('exit', () => failed(new Error(`Prism ended: ${printed}`)));
  });
  return port;
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** Sends a request to the Prism of its contract, if there is one; the inbox and the documents belong to none. */
function route(incoming, outgoing) {
  const port = CONTRACTS.find(({ paths }) => paths.test(incoming.url))?.port;
  const target = new URL(incoming.url, port === undefined ? origin : `http://127.0.0.1:${port}`);
  const { method, headers } = incoming;
  const forwarded = request(target, { method, headers: { ...headers, host: target.host } }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  forwarded.on('error', () => outgoing.destroy());
  incoming.pipe(forwarded);
}

async function run(script, target) {
  const child = spawn(process.execPath, [script, target], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

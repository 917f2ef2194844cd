import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/*
 * `npm run check`: these scripts of package.json, the longest first, as many at a time as there are processors. Prints
 * what each says when it has ended, and fails if any of them does.
 */
const waiting = ['lint:code', 'types', 'lint:format', 'documents', 'deps', 'unused'];

async function check(name) {
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part));
  const [code] = await once(child, 'close');
  process.stdout.write(`${code === 0 ? '✓' : '✕'} ${name}\n${Buffer.concat(said)}`);
  if (code !== 0) process.exitCode = 1;
}

async function work() {
  for (let name = waiting.shift(); name; name = waiting.shift()) await check(name);
}

await Promise.all(Array.from({ length: availableParallelism() }, work));

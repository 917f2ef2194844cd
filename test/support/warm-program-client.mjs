import { once } from 'node:events';
import { request } from 'node:http';
import { json, text } from 'node:stream/consumers';

/* As a program of operators to whoever starts it: has one run by the process at a socket, with everything of its own. */
const [, , socketPath, program, ...args] = process.argv;
const order = {
  program,
  args,
  environment: process.env,
  folder: process.cwd(),
  input: await text(process.stdin),
};
const sent = request({ socketPath, method: 'POST' });
sent.end(JSON.stringify(order));
const [answer] = await once(sent, 'response');
if (answer.statusCode !== 200) throw new Error(await text(answer));
const { code, stdout, stderr } = await json(answer);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** The stack trace of what `fails` throws, in a process of its own that shows TypeScript in stacks. */
async function stackOf(fails: string): Promise<string> {
  const program = `
    import { showTypeScriptInStacks } from './dist/boot/typescript-stacks.js';
    import { parseNetwork } from './dist/common/network.js';
    showTypeScriptInStacks();
    try { ${fails} } catch (error) { console.log(error.stack); }`;
  const args = ['--input-type=module', '--eval', program];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

it('names the line of the source', async () => {
  const stack = await stackOf('parseNetwork(null);');
  const [, file = '', line] =
    /at parseNetwork \((.+\/src\/common\/network\.ts):(\d+):\d+\)/.exec(stack) ?? [];
  expect(stack).toMatch(/^TypeError: Cannot read properties of null/);
  expect(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]).toContain("text.split('/')");
});

it('keeps the code of an error of Node, and what is not ours as it is', async () => {
  const stack = await stackOf('Buffer.alloc("none");');
  expect(stack).toMatch(/^TypeError \[ERR_INVALID_ARG_TYPE\]: The "size" argument/);
  expect(stack).toMatch(/at Function\.alloc \(node:buffer:\d+:\d+\)|at Buffer\.alloc \(node:buffer/);
});

it('gives any object a stack', async () => {
  const stack = await stackOf('const one = Object.create(null); Error.captureStackTrace(one); throw one;');
  expect(stack).toMatch(/^Error\n {4}at /);
});

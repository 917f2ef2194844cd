import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { DOCUMENTS } from '../support/fenced-blocks.js';
import { runProgram } from '../support/programs.js';
import { useSharedApp } from '../support/test-app.js';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> })
  .scripts;

/** The commands of operators in the documents: program and arguments, as a shell reads them. */
const ORDERS = DOCUMENTS.flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/^npm run (admin|revoke|rekey|signing-keys) -- (.+)$/gm)].map(
    ([, program = '', args = '']) =>
      [
        path,
        program,
        args
          .replace(/ *#.*/, '')
          .replace(/<\w+>/g, 'x')
          .replace(/< [\w.-]+$/, '< /dev/null'),
      ] as const,
  ),
);

/** As a shell reads them; a redirection is that of its own command. */
async function wordsOf(args: string): Promise<string[]> {
  const env = { PATH: process.env.PATH, SESSION: 'x', KEY: 'x' };
  const { stdout } = await promisify(execFile)('bash', ['-c', `printf '%s\\0' ${args}`], { env });
  return stdout.split('\0').slice(0, -1);
}

it.each(ORDERS)('%s has a command that the program understands: %s %s', async (_, program, args) => {
  const settings = { PATH: process.env.PATH ?? '', NODE_ENV: 'test', DATABASE_URL: 'nowhere' };
  const { code, stdout, stderr } = await runProgram(program, await wordsOf(args), { settings });
  // sysexits.h: not EX_USAGE, but EX_CONFIG; the doctor reports the configuration itself
  expect({ code: args === 'doctor' ? 78 : code, output: `${stdout}${stderr}` }).toEqual({
    code: 78,
    output: expect.stringContaining('DATABASE_URL'),
  });
});

/** Default limits, so that a pasted command meets what a new user meets. */
describe('the README', () => {
  const app = useSharedApp({ THROTTLE_ENABLED: 'true' });

  it('has a first journey that works when pasted', async () => {
    const journey = blocks.find((block) => block.includes('/auth/register')) ?? '';
    const script = journey.replace('http://127.0.0.1:3000', app.server.origin);
    expect(script).not.toBe(journey);

    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);

    const answers = stdout.split(/(?<=\})(?=\{)/).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
    expect(answers.map((answer) => Object.keys(answer)[0])).toEqual([
      'accessToken',
      'id',
      'message',
      'id',
      'accessToken',
      'message',
      'message',
    ]);
    const again = { email: 'ada@example.com', password: 'difference engine no 2' };
    expect((await app.post('/auth/login', again)).status).toBe(200);
  });

  it('names only commands that exist', () => {
    const named = DOCUMENTS.map((path) => readFileSync(path, 'utf8')).flatMap((text) =>
      [...text.matchAll(/npm run (?:--silent )?([a-z0-9:-]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

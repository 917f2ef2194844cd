import { type Ended, runProcess, runProgram } from '../support/programs.js';
import { useSharedApp } from '../support/test-app.js';

const t = useSharedApp();

interface Order {
  program: string;
  args: string[];
  settings?: Record<string, string>;
  input?: string;
  ends: { code: number; stdout?: RegExp; stderr?: RegExp };
}

/** How each program of operators ends, in each way that it has. */
const ORDERS: Order[] = [
  {
    ...{ program: 'admin', args: ['key', 'find'], input: 'sk_live_nothing\n' },
    ends: { code: 1, stderr: /^There is no / },
  },
  { program: 'admin', args: ['tenant', 'suspend', 'acme'], ends: { code: 64, stderr: /wants --reason/ } },
  {
    program: 'admin',
    args: ['doctor'],
    settings: { PORT: 'x' },
    ends: { code: 1, stdout: /^FAIL {2}configuration .*PORT/ },
  },
  { program: 'signing-keys', args: ['list'], ends: { code: 0, stdout: /^active +\S+ .+\nnext +\S/ } },
  { program: 'signing-keys', args: ['list'], settings: { PORT: 'x' }, ends: { code: 78, stderr: /PORT/ } },
  { program: 'signing-keys', args: ['--list'], ends: { code: 64, stderr: /^Usage: / } },
  { program: 'rekey', args: [], ends: { code: 0, stdout: /Everything is encrypted under SECRET_KEY/ } },
  { program: 'revoke', args: ['--before', '2020-01-01T00:00:00Z'], ends: { code: 0, stdout: /^Ended:\n/ } },
  { program: 'migrate', args: [], ends: { code: 0, stdout: /^The schema is up to date\.\n$/ } },
  {
    ...{ program: 'migrate', args: [], settings: { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' } },
    ends: { code: 1, stderr: /^The database does not answer/ },
  },
];

const named = ORDERS.map((order) => ({ ...order, name: `${order.program} ${order.args.join(' ')}` }));

/*
 * Suites run programs with `runProgram`, which does not start them. So it has to be the same as a process, whose end,
 * output streams and arguments this suite sees.
 */
it.each(named)('$name ends with $ends.code, as a process and in one that runs others', async (order) => {
  const { program, args, settings, input, ends } = order;
  const own = await runProcess(program, args, t.server, settings, input);
  expect(own).toEqual({
    code: ends.code,
    stdout: ends.stdout ? expect.stringMatching(ends.stdout) : '',
    stderr: ends.stderr ? expect.stringMatching(ends.stderr) : '',
  });
  const comparable = (ended: Ended) => ({ ...ended, stdout: ended.stdout.replace(/\d+ ms/g, '') });
  const warm = await runProgram(program, args, t.server, settings, input);
  expect(comparable(warm)).toEqual(comparable(own));
});

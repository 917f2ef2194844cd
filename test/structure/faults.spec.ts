import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { FAULT_KINDS } from '../faults/journal/support/faults.js';
import { readFaultSettings } from '../faults/journal/support/settings.js';

const page = readFileSync('docs/faults.md', 'utf8');

describe('the page about the fault suite', () => {
  it('describes every kind of fault', () => {
    const rows = page.split('\n').filter((line) => /^\| `[^|]+\| [^|]+\|$/.test(line));
    const described = rows.flatMap((row) => row.split('|')[1]?.match(/[a-z-]+/g) ?? []);
    expect(described.sort()).toEqual([...FAULT_KINDS].sort());
  });

  it('has commands that the program accepts', () => {
    const commands = [...page.matchAll(/^npm run test:faults -- (.*)$/gm)].map(([, options = '']) => options);
    expect(commands.length).toBeGreaterThan(3);
    for (const options of commands) {
      const { status, stdout } = run([...options.split(' '), '--dry-run']);
      expect([options, status]).toEqual([options, 0]);
      const [option, value] = options.split(' ');
      if (value !== 'all') expect(stdout).toContain(`${option} ${value}`);
    }
  });

  it.each(['--only', '--round'])('has no %s that names nothing', (option) => {
    expect(run([option, 'nothing', '--dry-run']).status).toBe(2);
  });
});

describe('what is too long for npm test', () => {
  const suites = [
    ...readFileSync('scripts/faults.js', 'utf8').matchAll(/^ {2}'?([\w-]+)'?: \{ path: '(.*?)'/gm),
  ];
  const paths = suites.map(([, , path]) => `${path}.e2e-spec.ts`);

  it('is run by npm run test:faults', () => {
    const specs = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.e2e-spec.ts'),
    );
    const long = specs
      .map((path) => `test/${path}`)
      .filter((path) => /support\/(long|settings)\.js/.test(readFileSync(path, 'utf8')));
    expect(long.sort()).toEqual(paths.sort());
  });

  it('is in the table of the page, and all of it in --only all', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` +\| [^|]+\| +\d* \|$/gm)].map(([, name]) => name);
    const names = suites.map(([, name]) => name);
    expect(rows).toEqual(names);
    const said = [...run(['--only', 'all', '--dry-run']).stdout.matchAll(/^--only ([\w-]+) /gm)];
    expect(said.map(([, name]) => name)).toEqual(names);
  });
});

describe('settings of the fault suite', () => {
  it('are read from the environment, and refused if they mean nothing', () => {
    expect(
      readFaultSettings({ FAULTS_SEED: '7', FAULTS_KINDS: 'kill,slow', FAULTS_ROUNDS: '3' }),
    ).toMatchObject({
      seed: 7,
      rounds: 3,
      kinds: ['kill', 'slow'],
    });
    expect(readFaultSettings({ FAULTS_ROUNDS: '100' }).kinds).toEqual(FAULT_KINDS);
    expect(readFaultSettings({}).kinds).toHaveLength(4);
    expect(() => readFaultSettings({ FAULTS_KINDS: 'kil' })).toThrow('--kinds has kil');
    expect(() => readFaultSettings({ FAULTS_ROUNDS: '-1' })).toThrow('--rounds is -1');
  });
});

function run(options: string[]) {
  return spawnSync(process.execPath, ['scripts/faults.js', ...options], { encoding: 'utf8' });
}

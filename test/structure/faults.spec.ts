import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { FAULT_KINDS } from '../faults/journal/support/faults.js';
import { readFaultSettings } from '../faults/journal/support/settings.js';

const page = readFileSync('docs/faults.md', 'utf8');

describe('the page about the fault suite', () => {
  it('describes every kind of fault', () => {
    const rows = page.split('\n').filter((line) => /^\| `/.test(line));
    const described = rows.flatMap((row) => row.split('|')[1]?.match(/[a-z-]+/g) ?? []);
    expect(described.sort()).toEqual([...FAULT_KINDS].sort());
  });

  it('has commands that the program accepts', () => {
    const commands = [...page.matchAll(/^npm run test:faults -- (.*)$/gm)].map(([, options = '']) => options);
    expect(commands.length).toBeGreaterThan(3);
    for (const options of commands) {
      const { status, stdout } = run([...options.split(' '), '--dry-run']);
      expect([options, status]).toEqual([options, 0]);
      expect(stdout).toContain(options.split(' ').slice(0, 2).join(' '));
    }
  });

  it.each(['--only', '--round'])('has no %s that names nothing', (option) => {
    expect(run([option, 'nothing', '--dry-run']).status).toBe(2);
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
    expect(() => readFaultSettings({ FAULTS_KINDS: 'kil' })).toThrow('--kinds has kil');
    expect(() => readFaultSettings({ FAULTS_ROUNDS: '-1' })).toThrow('--rounds is -1');
  });
});

function run(options: string[]) {
  return spawnSync(process.execPath, ['scripts/faults.js', ...options], { encoding: 'utf8' });
}

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-repeat-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const repeat = (...args: string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const all = ['scripts/repeat-tests/main.js', ...args, '--log', folder];
    const child = execFile(process.execPath, all, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });

describe('npm run test:repeat', () => {
  it('runs the matching files as often as requested, each time with another seed and number of workers', async () => {
    const { code, output } = await repeat('2', 'src/common/pagination.spec', '--seed', '7', '--load', '1');
    expect(output).toMatch(/Run 1 of 2: green \(seed 7, 3 workers, load 1, [1-9]\d* tests passed, /);
    expect(output).toMatch(/Run 2 of 2: green \(seed 8, 2 workers, load 1, /);
    expect(output).toContain('2 of 2 runs green.');
    expect(code).toBe(0);
  });

  it('begins with the reversed order, where no seed is given', async () => {
    const { output } = await repeat('2', 'src/common/pagination.spec');
    expect(output).toMatch(/Run 1 of 2: green \(seed 0, .*\n.*Run 2 of 2: green \(seed [1-9]/);
  });

  it('names the run that failed, and ends with 1', async () => {
    const { code, output } = await repeat('1', 'no-such-file-anywhere', '--seed', '7');
    expect(output).toMatch(/Run 1 of 1: NOT GREEN \(seed 7, /);
    expect(output).toContain('0 of 1 runs green.');
    expect(code).toBe(1);
  });

  it.each(['none', '0', '1 --load -1', '1 --freeze x', '1 --unknown'])('refuses %s', async (args) => {
    const { code, output } = await repeat(...args.split(' '));
    expect([code, output.includes('Usage: npm run test:repeat')]).toEqual([2, true]);
  });
});

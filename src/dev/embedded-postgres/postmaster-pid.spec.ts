import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disownPostmasterPid, parsePostmasterPid } from './postmaster-pid.js';

const FILE = '9535\n/proc/self/cwd\n1795303286\n54999\n\n127.0.0.1\n 16039949         4\nready   \n';

describe('parsePostmasterPid', () => {
  it('reads the process id, the port and the state', () => {
    expect(parsePostmasterPid(FILE)).toEqual({ pid: 9535, port: 54_999, status: 'ready' });
  });

  it('knows no state while the server has not written one', () => {
    expect(parsePostmasterPid(FILE.split('\n').slice(0, 5).join('\n'))).toEqual({
      pid: 9535,
      port: 54_999,
      status: null,
    });
  });

  it('reads the negated process id of single-user mode', () => {
    expect(parsePostmasterPid('-77\n/data\n')).toEqual({ pid: 77, port: null, status: null });
  });

  it.each(['', '\n', 'postgres\n', '0\n'])('finds no process in %j', (text) => {
    expect(parsePostmasterPid(text)).toBeNull();
  });
});

describe('disownPostmasterPid', () => {
  const cluster = mkdtempSync(join(tmpdir(), 'cluster-'));
  afterAll(() => rmSync(cluster, { recursive: true }));

  it('does nothing where PostgreSQL has removed its file meanwhile', () => {
    expect(() => disownPostmasterPid(cluster)).not.toThrow();
  });

  it('replaces the process id, and nothing else', () => {
    const file = join(cluster, 'postmaster.pid');
    writeFileSync(file, FILE);
    disownPostmasterPid(cluster);
    expect(readFileSync(file, 'utf8')).toBe(FILE.replace('9535', '2147483647'));
  });
});

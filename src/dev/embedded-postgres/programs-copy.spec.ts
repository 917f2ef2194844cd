import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyPrograms } from './programs-copy.js';

const asRoot = process.geteuid?.() === 0 ? it : it.skip;

describe('copyPrograms', () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'gatehouse-copy-'));
  const native = join(root, 'closed', 'native');
  const home = (name: string) => {
    fs.mkdirSync(join(root, name), { recursive: true });
    return join(root, name);
  };
  beforeAll(() => {
    fs.mkdirSync(join(native, 'bin'), { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(native, '..', 'package.json'), '{"version":"18.4.0"}');
    fs.writeFileSync(join(native, 'bin', 'postgres'), 'program', { mode: 0o700 });
    fs.writeFileSync(join(native, 'bin', 'libpq.a'), 'for compilers');
    fs.symlinkSync('postgres', join(native, 'bin', 'postmaster'));
  });
  afterAll(() => fs.rmSync(root, { recursive: true }));

  asRoot('lets others read and run what was closed to them, and write nothing', () => {
    const copy = copyPrograms(native, [home('a')]);
    for (const path of [copy, join(copy, 'bin'), join(copy, 'bin', 'postgres')]) {
      expect(fs.statSync(path).mode & 0o777).toBe(0o755);
    }
    expect(fs.readlinkSync(join(copy, 'bin', 'postmaster'))).toBe('postgres');
    expect(fs.readdirSync(join(copy, 'bin'))).not.toContain('libpq.a');
  });

  asRoot('uses the copy that is there, and leaves nothing unfinished', () => {
    expect(copyPrograms(native, [home('a')])).toBe(copyPrograms(native, [home('a')]));
    expect(fs.readdirSync(home('a'))).toHaveLength(1);
  });

  asRoot('runs nothing that another user could have put there', () => {
    const planted = copyPrograms(native, [home('b')]);
    fs.chownSync(planted, 65534, 65534);
    expect(copyPrograms(native, [home('b'), home('c')])).toContain(home('c'));
    expect(() => copyPrograms(native, [home('b')])).toThrow("is not root's alone");
  });
});

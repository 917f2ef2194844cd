import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigError, loadConfig } from './config.js';
import { assertFolders } from './folders.js';
import { loadKeyring } from './load-keyring.js';

const SECRET_KEY = Buffer.from('a key that is not guessed here..').toString('base64');
const folder = mkdtempSync(join(tmpdir(), 'folders-'));
const file = join(folder, 'file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

const problemsOf = (environment: NodeJS.ProcessEnv, serves = true): string[] => {
  try {
    assertFolders(loadConfig(environment), { serves });
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

/** Nobody, since root may write everywhere. */
function asNobody<Result>(work: () => Result): Result {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

/** Needs no DATA_DIR of its own accord. */
const COMPLETE = { SECRET_KEY, DATABASE_URL: 'postgres://db.internal/gatehouse' };

describe.each(['DATA_DIR', 'AUDIT_ARCHIVE_DIR'])('%s', (name) => {
  const named = [
    expect.stringMatching(new RegExp(`^${name} must be a folder .*Example: ${name}=/`)) as string,
  ];

  it('is refused where it is a file, or below one', () => {
    expect(problemsOf({ ...COMPLETE, [name]: file })).toEqual(named);
    expect(problemsOf({ ...COMPLETE, [name]: join(file, 'below', 'it') })).toEqual(named);
  });

  it('is refused where the system takes no folder', () => {
    expect(problemsOf({ ...COMPLETE, [name]: '/proc/gatehouse/data' })).toEqual(named);
  });

  it('is refused where it cannot be written, or not be made', () => {
    const locked = mkdtempSync(join(folder, 'locked-'));
    chmodSync(folder, 0o755);
    chmodSync(locked, 0o555);
    expect(asNobody(() => problemsOf({ ...COMPLETE, [name]: locked }))).toEqual(named);
    expect(asNobody(() => problemsOf({ ...COMPLETE, [name]: join(locked, 'new') }))).toEqual(named);
    expect(readdirSync(locked)).toEqual([]);
  });

  it('is made where it is missing, and left empty', () => {
    const missing = join(folder, name, 'deeper');
    expect(problemsOf({ ...COMPLETE, [name]: missing })).toEqual([]);
    expect(readdirSync(missing)).toEqual([]);
    expect(statSync(missing).mode & 0o077).toBe(name === 'DATA_DIR' ? 0o055 : 0);
  });
});

it('reports both at once', () => {
  expect(problemsOf({ ...COMPLETE, DATA_DIR: file, AUDIT_ARCHIVE_DIR: file })).toHaveLength(2);
});

it('wants of a program beside the server only what it writes to', () => {
  const files = { DATA_DIR: file, AUDIT_ARCHIVE_DIR: file };
  expect(problemsOf({ ...COMPLETE, ...files }, false)).toEqual([]);
  expect(problemsOf({ ...COMPLETE, SECRET_KEY: undefined, ...files }, false)).toEqual([]);
  expect(problemsOf({ SECRET_KEY, ...files }, false)).toEqual([expect.stringMatching(/^DATA_DIR /)]);
});

describe('the key of development', () => {
  it('names DATA_DIR where a program beside the server cannot make it', () => {
    const config = loadConfig({ DATABASE_URL: COMPLETE.DATABASE_URL, DATA_DIR: '/proc/gatehouse/data' });
    expect(() => loadKeyring(config)).toThrow(/DATA_DIR must have the key of development.*ENOENT/);
  });

  let dataDir: string;
  let key: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(folder, 'data-'));
    key = join(dataDir, 'secret-key');
  });

  it('is made before anything else starts', () => {
    expect(problemsOf({ DATA_DIR: dataDir })).toEqual([]);
    expect(Buffer.from(readFileSync(key, 'utf8'), 'base64')).toHaveLength(32);
  });

  it.each<[string, () => void]>([
    ['cannot be read', () => mkdirSync(key)],
    ['is none', () => writeFileSync(key, 'short')],
  ])('names DATA_DIR where it %s', (_, spoil) => {
    spoil();
    expect(problemsOf({ DATA_DIR: dataDir })).toEqual([
      expect.stringMatching(/^DATA_DIR must have the key of development.*secret-key|EISDIR/),
    ]);
    expect(problemsOf({ DATA_DIR: dataDir, SECRET_KEY })).toEqual([]);
    expect(existsSync(key)).toBe(true);
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'unusable-'));
const file = join(folder, 'file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

/** No database listens at port 1: a server that had come as far as that would exit with 1. */
function start(program: string, settings: Record<string, string>) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NODE_ENV: 'test', DATABASE_URL: 'postgres://127.0.0.1:1/none', ...settings };
  return new Promise<{ code: unknown; out: string; complaint: string }>((settle) => {
    const done = (error: Error | null, out: string, complaint: string) =>
      settle({ code: error && 'code' in error ? error.code : 0, out, complaint });
    execFile(process.execPath, [resolve('dist', program)], { env, cwd: folder }, done);
  });
}

it.each([
  ['main.js', 'DATA_DIR', { DATA_DIR: file }],
  ['main.js', 'AUDIT_ARCHIVE_DIR', { DATA_DIR: folder, AUDIT_ARCHIVE_DIR: join(file, 'audit') }],
  ['main.js', 'PRODUCTS_DIR', { DATA_DIR: folder, PRODUCTS_DIR: file }],
  ['migrate.js', 'DATA_DIR', { DATA_DIR: file, DATABASE_URL: '' }],
])('%s names %s before it asks the database, and exits with 78', async (program, name, settings) => {
  const { code, complaint } = await start(program, settings);
  expect({ code, complaint }).toEqual({ code: 78, complaint });
  expect(complaint).toMatch(new RegExp(`^The configuration is not usable:\n  - ${name} must be a `));
  expect(complaint).not.toMatch(/^ +at /m);
});

it('a server with usable folders comes as far as its database; it shows no password, and warns of a pattern at a shared host', async () => {
  const { code, out, complaint } = await start('main.js', {
    DATA_DIR: folder,
    DATABASE_URL: 'postgres://gatehouse:c4n4ry@127.0.0.1:1/none',
    CORS_ORIGINS: 'https://shop-*.pages.dev,https://*.preview.example.com',
  });
  expect({ code, complaint }).toEqual({
    code: 1,
    complaint: expect.stringContaining('The database does not answer') as string,
  });
  expect(out + complaint).not.toContain('c4n4ry');
  const lines = out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({
      level: 'warn',
      origin: 'https://shop-*.pages.dev',
      msg: expect.stringContaining('trusts strangers') as string,
    }),
  ]);
});

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokenLines, personLine, tenantLine } from '../support/broken-lines.js';
import { runProgram } from '../support/programs.js';
import { useSharedApp } from '../support/test-app.js';

const t = useSharedApp();
const WHY = ['--reason', 'Migration', '--reference', 'case 17'];
const PASSWORD = 'Correct horse 123';
const PEOPLE = 4_000;
const folder = mkdtempSync(join(tmpdir(), 'import-'));

function ssha(password: string): string {
  const salt = Buffer.from('12345678');
  const digest = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`;
}

/** Kills the import, as a crash does, once it reports so many per cent. */
function killedAt(percent: number, file: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ['dist/admin.js', 'import', file, ...WHY], {
    env: t.server.settings,
  });
  let reported = '';
  child.stderr.on('data', (chunk: Buffer) => {
    reported += chunk.toString();
    const last = [...reported.matchAll(/^(\d+) % /gm)].at(-1)?.[1];
    if (Number(last) >= percent) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
}

const countPeople = async () =>
  (await t.database.query<{ n: number }>('SELECT count(*)::int AS n FROM users'))[0]?.n ?? 0;

it('is complete after it was killed twice, with every broken line named', async () => {
  const password = { scheme: 'ssha', hash: ssha(PASSWORD) };
  const person = (n: number) =>
    personLine(n, { emailVerified: true, password, memberships: [{ tenant: 'tenant-known', role: 'user' }] });
  const broken = brokenLines();
  const head = [tenantLine('known', { slug: 'known' })].map((line) => JSON.stringify(line));
  const right = Array.from({ length: PEOPLE }, (_, n) => JSON.stringify(person(n)));
  const every = Math.floor(PEOPLE / broken.length);
  const lines = [
    ...head,
    ...right.flatMap((line, n) => (n % every === 0 ? [broken[n / every] ?? '', line] : [line])),
  ];
  const file = join(folder, 'people.ndjson');
  writeFileSync(
    file,
    Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')]))),
  );

  const counts: number[] = [];
  for (const percent of [15, 50]) {
    expect(await killedAt(percent, file)).toBe('SIGKILL');
    counts.push(await countPeople());
  }
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts[1]).toBeGreaterThan(counts[0] ?? 0);
  expect(counts[1]).toBeLessThan(PEOPLE);
  const { code, stdout } = await runProgram('admin', ['import', file, ...WHY, '--json'], t.server);
  const report = JSON.parse(stdout) as {
    imported: number;
    present: number;
    refused: number;
    refusals: { line: number }[];
  };
  expect(code).toBe(1);
  expect(report.imported + report.present).toBe(PEOPLE + 1);
  const named = lines.flatMap((line, at) => (line !== '' && broken.includes(line) ? [at + 1] : []));
  expect(named.length).toBeGreaterThan(200);
  expect(report.refusals.map(({ line }) => line)).toEqual(named);
  expect(await countPeople()).toBe(PEOPLE);
  const orphans = await t.database.query(
    `SELECT FROM users u WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id)
       OR NOT EXISTS (SELECT FROM password_credentials p WHERE p.user_id = u.id)`,
  );
  expect(orphans).toEqual([]);
  const login = { email: `person-${PEOPLE - 1}@example.com`, password: PASSWORD };
  expect((await t.post('/auth/login', login)).body).toHaveProperty('accessToken');
});

it('exports into a new file that only its owner may read', async () => {
  const file = join(folder, 'out.ndjson');
  await t.given.tenant();
  expect(await runProgram('admin', ['export', file, '--json'], t.server)).toMatchObject({ code: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain('argon2');
  expect((await runProgram('admin', ['export', file], t.server)).code).toBe(1);
});

it('the doctor finds what is wrong, and exits with 1', async () => {
  const healthy = await runProgram('admin', ['doctor', '--json'], t.server);
  expect(healthy.code).toBe(0);
  expect(JSON.parse(healthy.stdout)).toMatchObject({ isHealthy: true });
  const ill = await runProgram('admin', ['doctor'], t.server, {
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  expect(ill.code).toBe(1);
  expect(ill.stdout).toMatch(/^FAIL {2}SECRET_KEY/m);
});

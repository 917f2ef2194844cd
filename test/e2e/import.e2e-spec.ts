import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokenLines, personLine, tenantLine } from '../support/broken-lines.js';
import type { Client } from '../support/client.js';
import { type ContractClient, CONTRACTS, type PhoneContract, type Signed } from '../support/contracts.js';
import { holdInserts, untilWaitedFor } from '../support/locks.js';
import { Phones, uniquePhone } from '../support/phone.js';
import { runProgram } from '../support/programs.js';
import { useSharedApp } from '../support/test-app.js';
import { Authenticator } from '../support/totp.js';
import { uniqueEmail } from '../support/unique.js';

const t = useSharedApp();
const WHY = ['--reason', 'Migration', '--reference', 'case 17'];
const PASSWORD = 'Correct horse 123';
const PEOPLE = 4_000;
const folder = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(folder, { recursive: true }));

function ssha(password: string): string {
  const salt = Buffer.from('12345678');
  const digest = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`;
}

/** Kills the import, as a crash does, while it inserts this person. Returns how it ended, and what it reported. */
async function killedAt(email: string, file: string): Promise<[NodeJS.Signals | null, string]> {
  const release = await holdInserts(t.database, 'users', `NEW.email = '${email}'`);
  try {
    const child = spawn(process.execPath, ['dist/admin.js', 'import', file, ...WHY], {
      env: t.server.settings,
    });
    let reported = '';
    child.stderr.on('data', (chunk: Buffer) => (reported += chunk.toString()));
    const closed = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('close', (_, signal) => resolve(signal)),
    );
    await Promise.race([closed, untilWaitedFor(t.database)]);
    child.kill('SIGKILL');
    return [await closed, reported];
  } finally {
    await release();
  }
}

const countPeople = async () => {
  const [row] = await t.database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM users WHERE email LIKE 'person-%'`,
  );
  return row?.n ?? 0;
};

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
  for (const n of [PEOPLE * 0.3, PEOPLE * 0.6]) {
    const [signal, reported] = await killedAt(`person-${n}@example.com`, file);
    expect([signal, reported]).toEqual(['SIGKILL', expect.stringMatching(/^\d+ % /m)]);
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

const exportsOf = () =>
  t.database.query<{ tenant_id: string | null; detail: Record<string, unknown> }>(
    `SELECT tenant_id, detail FROM audit_events WHERE action = 'people.exported' ORDER BY id`,
  );

it('exports into a new file that only its owner may read, shows how far it is, and is in the trail', async () => {
  const file = join(folder, 'out.ndjson');
  await t.given.tenant();
  const before = (await exportsOf()).length;
  const { code, stdout, stderr } = await runProgram('admin', ['export', file, ...WHY, '--json'], t.server);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^\d+ % \d+ tenants, \d+ people$/m);
  expect(stderr).toMatch(/^100 % /m);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain('argon2');
  const counts = JSON.parse(stdout) as { tenants: number; people: number };
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(counts.tenants + counts.people);
  const secret = join(folder, 'secret.ndjson');
  const args = ['export', secret, '--with-secrets', ...WHY];
  expect(await runProgram('admin', args, t.server)).toMatchObject({ code: 0 });
  expect(readFileSync(secret, 'utf8')).toContain('argon2');
  const detail = { reason: WHY[1], reference: WHY[3], ...counts };
  expect((await exportsOf()).slice(before)).toEqual([
    { tenant_id: null, detail: { ...detail, withSecrets: false } },
    { tenant_id: null, detail: { ...detail, withSecrets: true } },
  ]);
});

it('an export that is not explained, or whose file exists, writes and records nothing', async () => {
  const before = await exportsOf();
  const existing = join(folder, 'existing');
  writeFileSync(existing, 'mine');
  expect((await runProgram('admin', ['export', existing, ...WHY], t.server)).code).toBe(1);
  expect(readFileSync(existing, 'utf8')).toBe('mine');
  const file = join(folder, 'none.ndjson');
  expect((await runProgram('admin', ['export', file], t.server)).code).toBe(64);
  const blank = ['export', file, '--reason', ' ', '--reference', 'case 9'];
  expect((await runProgram('admin', blank, t.server)).code).toBe(1);
  expect(existsSync(file)).toBe(false);
  expect(await exportsOf()).toEqual(before);
});

it('an export is in the trail before its first line can be written', async () => {
  // The device is full from the first byte on
  const before = (await exportsOf()).length;
  const full = join(folder, 'full.ndjson');
  const limited = `ulimit -f 0; exec "${process.execPath}" dist/admin.js export "${full}" --with-secrets --reason a --reference b`;
  const child = spawn('bash', ['-c', limited], { env: t.server.settings, stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  expect(readFileSync(full, 'utf8')).toBe('');
  expect(await exportsOf()).toHaveLength(before + 1);
});

describe('an imported second factor', () => {
  interface Imported {
    email: string;
    phone: string;
  }
  const phones = new Phones(t);
  const { primary, katixo, datixlab } = CONTRACTS;
  const byCode =
    (contract: PhoneContract) =>
    async (from: Client, { phone }: Imported) => {
      expect(await contract.requestCode(from, phone)).toBe(200);
      return contract.verifyCode(from, phone, await phones.code(phone));
    };
  const WAYS: [string, ContractClient, (from: Client, person: Imported) => Promise<Signed>][] = [
    ['primary by e-mail', primary, (from, { email }) => primary.logIn(from, { email }, PASSWORD)],
    ['primary by phone', primary, (from, { phone }) => primary.logIn(from, { phone }, PASSWORD)],
    ['primary by code', primary, byCode(primary)],
    ['katixo by phone', katixo, (from, { phone }) => katixo.logIn(from, { phone }, PASSWORD)],
    ['katixo by code', katixo, byCode(katixo)],
    ['datixlab by e-mail', datixlab, (from, { email }) => datixlab.logIn(from, { email }, PASSWORD)],
  ];
  const KINDS = ['the imported TOTP', 'an imported backup code'] as const;
  // Its codes of neighbouring steps differ, which one of 100,000 secrets lacks
  const authenticator = new Authenticator('KRSXG5DTMVRXEZLUKRSXG5DTMVRXEZLU');
  const BACKUP_CODES = ['70431982', '55120947'];
  const people = WAYS.flatMap(([way]) =>
    KINDS.map((kind) => ({ way, kind, email: uniqueEmail('imported'), phone: uniquePhone() })),
  );

  beforeAll(async () => {
    const file = join(folder, 'factors.ndjson');
    const lines = people.map(({ email, phone }) => ({
      ...personLine(email, {
        emailVerified: true,
        phoneVerified: true,
        memberships: [{ tenant: 'tenant-factors', role: 'user' }],
      }),
      ...{ email, phone, password: { scheme: 'ssha', hash: ssha(PASSWORD) } },
      ...{ totp: { seed: authenticator.secret }, backupCodes: BACKUP_CODES },
    }));
    const all = [tenantLine('factors', { slug: 'factors' }), ...lines];
    writeFileSync(file, all.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { code, stderr } = await runProgram('admin', ['import', file, ...WHY], t.server);
    if (code !== 0) throw new Error(stderr);
  });

  it.each(
    WAYS.flatMap(([way, contract, enter]) => KINDS.map((kind) => [way, kind, contract, enter] as const)),
  )('%s is asked for, and %s answers it', async (way, kind, contract, enter) => {
    const person = people.find((one) => one.way === way && one.kind === kind);
    if (!person) throw new Error('Nobody was imported for this');
    const from = t.client();
    const asked = await enter(from, person);
    expect(asked).toMatchObject({
      accessToken: undefined,
      tempToken: expect.stringMatching(/^temp_/) as string,
    });
    const token = asked.tempToken ?? '';
    const show = (code: string) => contract.verifySecondFactor(from, token, code);
    expect((await show(authenticator.wrongCode())).status).toBe(401);
    expect((await show('12345678')).accessToken).toBeUndefined();
    const signed = await show(kind === KINDS[0] ? authenticator.code() : (BACKUP_CODES[1] ?? ''));
    const { userId } = (await contract.whoAmI(t.client(signed.accessToken))) ?? {};
    expect(await t.database.query('SELECT email FROM users WHERE id = $1', [userId])).toEqual([
      { email: person.email },
    ]);
  });
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

import { createHash } from 'node:crypto';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { brokenLines, personLine, tenantLine } from '../../../test/support/broken-lines.js';
import { burst } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People, tokensOf } from '../../../test/support/people.js';
import { Authenticator } from '../../../test/support/totp.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { SecondFactorSignInService } from '../auth/second-factor-sign-in.service.js';
import type { Outcome } from './import-batch.js';
import type { PersonRecord } from './import-record.js';
import { PeopleExportService } from './people-export.service.js';
import { PeopleImportModule } from './people-import.module.js';
import { PeopleImportService } from './people-import.service.js';

const core = useCore([AcceptanceModule, PeopleImportModule]);
const people = new People(core);
const ACT = { reason: 'Migration', reference: 'case 17' };
const PASSWORD = 'Correct horse 123';

/** The outcomes in the order of the lines. */
async function importLines(
  lines: (string | Buffer | object)[],
  { dryRun = false, act = ACT } = {},
): Promise<Outcome[]> {
  const parts = lines.map((line) =>
    typeof line === 'string' || Buffer.isBuffer(line) ? line : JSON.stringify(line),
  );
  const file = Buffer.concat(parts.flatMap((part) => [Buffer.from(part), Buffer.from('\n')]));
  const outcomes: Outcome[] = [];
  const run = core.get(PeopleImportService).import(chunksOf(file), { act, dryRun });
  for await (const progress of run) outcomes.push(...progress.outcomes);
  return outcomes;
}

/** As a file is read: lines cross the borders of chunks. */
async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1_000) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 1_000);
  }
}

const endsOf = (outcomes: Outcome[]) => outcomes.map(({ outcome }) => outcome);
const rowsOf = () =>
  core.query(
    `SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM tenants) AS tenants,
       (SELECT count(*) FROM memberships) AS memberships, (SELECT count(*) FROM audit_events) AS events,
       (SELECT count(*) FROM password_credentials) AS passwords, (SELECT count(*) FROM totp_factors) AS factors`,
  );
const storedOf = async (email: string) =>
  (
    await core.query<{ hash: string; profile: string | null; imported: Buffer | null }>(
      `SELECT hash, imported_profile AS profile, imported_encrypted AS imported
       FROM password_credentials p JOIN users u ON u.id = p.user_id WHERE u.email = $1`,
      [email],
    )
  )[0];

it('imports a tenant with its roles, and a member who signs in with the old password', async () => {
  const role = { key: 'auditor', name: 'Auditor', level: 20, permissions: { leads: { view: true } } };
  const hash = await bcrypt(PASSWORD, 4);
  const outcomes = await importLines([
    tenantLine('a', { slug: 'tenant-a', roles: [role] }),
    personLine('a', {
      emailVerified: true,
      createdAt: '2020-02-03T04:05:06Z',
      password: { scheme: 'bcrypt', hash },
      memberships: [{ tenant: 'tenant-a', role: 'auditor' }],
    }),
  ]);
  expect(endsOf(outcomes)).toEqual(['imported', 'imported']);

  const email = 'person-a@example.com';
  expect((await storedOf(email))?.imported?.includes(hash)).toBe(false);
  await expect(people.signIn({ email }, { password: `${PASSWORD}!` })).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
  const { actor, tenant } = await people.session({ email }, { password: PASSWORD });
  expect(tenant.slug).toBe('tenant-a');
  expect(actor.session.membership).toMatchObject({ role: { key: 'auditor', level: 20 } });
  expect(await storedOf(email)).toMatchObject({ profile: null, imported: null });
  expect((await storedOf(email))?.hash).toMatch(/^\$argon2id\$/);
  await people.session({ email }, { password: PASSWORD });
});

it('re-hashes once where twenty first sign-ins arrive together, and all of them succeed or are asked again', async () => {
  const password = { scheme: 'ssha', hash: ssha(PASSWORD) };
  await importLines([personLine('burst', { password })]);
  const email = 'person-burst@example.com';
  const ends = await burst(20, () =>
    people.signIn({ email }, { password: PASSWORD }).then(
      () => 'ok',
      (error: { code?: string }) => error.code ?? 'error',
    ),
  );
  expect(new Set(ends).size).toBeLessThanOrEqual(2);
  expect(ends).toContain('ok');
  for (const end of ends) expect(['ok', 'invalid_credentials']).toContain(end);
  expect(await storedOf(email)).toMatchObject({ profile: null });
  expect(tokensOf(await people.signIn({ email }, { password: PASSWORD }))).toHaveProperty('accessToken');
});

it('asks for an imported second factor, and accepts its codes and the backup codes once', async () => {
  const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const password = { scheme: 'ssha', hash: ssha(PASSWORD) };
  await importLines([
    personLine('totp', {
      password,
      totp: { seed: `${seed.toLowerCase()}==` },
      backupCodes: ['12345678', '87654321'],
    }),
  ]);
  const pending = async () => {
    const outcome = await people.signIn({ email: 'person-totp@example.com' }, { password: PASSWORD });
    if (outcome.kind !== 'second-factor') throw new Error('No second factor was asked for');
    return outcome.tempToken;
  };
  const verify = async (code: string) =>
    core.get(SecondFactorSignInService).verify(await pending(), code, core.origin());
  await verify(new Authenticator(seed).code());
  await verify('87654321');
  await expect(verify('87654321')).rejects.toMatchObject({ code: expect.any(String) });
});

it('refuses every broken line by its number, with a reason, and imports nothing of it', async () => {
  await importLines([tenantLine('known', { slug: 'known' })]);
  const before = await rowsOf();
  const lines = brokenLines();
  expect(lines.length).toBeGreaterThan(200);
  expect(new Set(lines.map(String)).size).toBe(lines.length);
  const outcomes = await importLines(lines);
  const accepted = outcomes.filter(({ outcome }) => outcome !== 'refused');
  expect(accepted.map(({ line }) => String(lines[line - 1]))).toEqual([]);
  expect(outcomes.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
  for (const one of outcomes)
    expect(one).toMatchObject({ pointer: expect.any(String), detail: expect.stringMatching(/.{5,}/) });
  // Which does not say what is wrong
  expect(outcomes).not.toContainEqual(expect.objectContaining({ detail: 'the database refuses a value' }));
  expect(await rowsOf()).toEqual(before);
  expect(endsOf(await importLines(lines, { dryRun: true }))).toEqual(endsOf(outcomes));
});

it('imports the right lines between broken ones', async () => {
  const mixed = brokenLines()
    .slice(0, 40)
    .flatMap((line, n) => [line, personLine(`between-${n}`)]);
  const outcomes = await importLines(mixed);
  for (const { line, outcome } of outcomes)
    expect([line, outcome]).toEqual([line, line % 2 ? 'refused' : 'imported']);
});

it('leaves what it imported before, and refuses what is repeated or taken', async () => {
  const owner = await people.owner();
  const lines = [
    tenantLine('again', { slug: 'again' }),
    tenantLine('again'),
    tenantLine('other', { slug: 'again' }),
    personLine('again', { phone: '+4930123450' }),
    personLine('again', { email: 'else@example.com' }),
    personLine('same-mail', { email: 'PERSON-again@example.com' }),
    personLine('same-phone', { email: undefined, phone: '0049 30 123450' }),
    personLine('taken', { email: owner.email }),
  ];
  const ends = ['imported', 'refused', 'refused', 'imported', 'refused', 'refused', 'refused', 'refused'];
  expect(endsOf(await importLines(lines, { dryRun: true }))).toEqual(ends);
  const first = await importLines(lines);
  expect(endsOf(first)).toEqual(ends);
  const before = await rowsOf();
  const again = await importLines(lines);
  expect(endsOf(again)).toEqual(ends.map((end) => (end === 'imported' ? 'present' : end)));
  expect(await rowsOf()).toEqual(before);
});

it('imports each line once where two imports of one file run together', async () => {
  const lines = Array.from({ length: 60 }, (_, n) => [
    tenantLine(`twice-${n}`),
    personLine(`twice-${n}`),
  ]).flat();
  const both = await burst(2, () => importLines(lines));
  const imported = (line: number) => both.filter((all) => all[line]?.outcome === 'imported').length;
  expect(lines.map((_, line) => imported(line))).toEqual(lines.map(() => 1));
});

it('is audited, for operators and in the tenant', async () => {
  await importLines([
    tenantLine('audited'),
    personLine('audited', { memberships: [{ tenant: 'tenant-audited', role: 'admin' }] }),
  ]);
  const events = await core.query(
    `SELECT e.action, e.tenant_id IS NULL AS platform, e.actor_kind, e.detail FROM audit_events e, users u, tenants t
     WHERE u.external_id = 'person-audited' AND t.external_id = 'tenant-audited' AND e.target_id IN (u.id, t.id)
     ORDER BY e.action, e.tenant_id NULLS FIRST`,
  );
  const [own, theirs] = [
    { ...ACT, imported: true },
    { reference: ACT.reference, imported: true },
  ];
  expect(events).toEqual(
    ['tenant.created', 'user.created'].flatMap((action) => [
      { action, platform: true, actor_kind: 'operator', detail: own },
      { action, platform: false, actor_kind: 'operator', detail: theirs },
    ]),
  );
});

it('changes nothing in a dry run', async () => {
  const before = await rowsOf();
  const lines = [
    tenantLine('dry', { slug: 'dry' }),
    personLine('dry', { memberships: [{ tenant: 'tenant-dry', role: 'user' }] }),
    personLine('dry-2', { memberships: [{ tenantSlug: 'dry', role: 'user' }] }),
    personLine('dry-3', { memberships: [{ tenant: 'tenant-dry', role: 'no-such' }] }),
  ];
  expect(endsOf(await importLines(lines, { dryRun: true }))).toEqual([
    'imported',
    'imported',
    'imported',
    'refused',
  ]);
  expect(await rowsOf()).toEqual(before);
  expect(endsOf(await importLines(lines))).toEqual(['imported', 'imported', 'imported', 'refused']);
});

it('exports what an import reads: other ids and addresses, everything else the same', async () => {
  const role = { key: 'auditor', name: 'Auditor', level: 20, permissions: { leads: { view: true } } };
  const password = { scheme: 'ssha', hash: ssha(PASSWORD) };
  await importLines([
    tenantLine('out', {
      ...{ slug: 'out', businessType: 'Dentist', status: 'suspended' },
      ...{ allowTrustedDevices: true, roles: [role] },
    }),
    personLine('out', {
      ...{
        emailVerified: true,
        phone: '+4930123499',
        lastName: 'Müller',
        createdAt: '2020-02-03T04:05:06.000Z',
      },
      memberships: [{ tenant: 'tenant-out', role: 'auditor', status: 'suspended' }],
      ...{ password, totp: { seed: 'JBSWY3DPEHPK3PXP' }, backupCodes: ['12345678'] },
    }),
  ]);
  const { email: ownersEmail } = await people.owner();
  const read = async (withSecrets: boolean) => {
    const records = [];
    for await (const record of core.get(PeopleExportService).export({ withSecrets })) records.push(record);
    return records;
  };
  const bare = await read(false);
  expect(JSON.stringify(bare)).not.toMatch(/argon2|SSHA|"seed"|"hash"/);
  const all = await read(true);
  expect(all.find(({ externalId }) => externalId === 'person-out')).toMatchObject({
    ...{ password, totp: { seed: 'JBSWY3DPEHPK3PXP' }, phone: '+4930123499', phoneVerified: false },
    ...{ createdAt: '2020-02-03T04:05:06.000Z', lastName: 'Müller' },
    memberships: [{ tenant: 'tenant-out', role: 'auditor', status: 'suspended' }],
  });
  const mine = all.filter(
    (one) => one.externalId.endsWith('-out') || ('email' in one && one.email === ownersEmail),
  );
  expect(mine).toHaveLength(3);
  // As another system would hold them
  const copy = JSON.parse(
    JSON.stringify(mine)
      .replaceAll('-out', '-in')
      .replaceAll('"out"', '"in"')
      .replaceAll('+4930123499', '+4930123488')
      .replaceAll(ownersEmail, `copy-${ownersEmail}`),
  ) as PersonRecord[];
  for (const one of copy)
    if (!one.externalId.endsWith('-in')) Object.assign(one, { externalId: 'owner-in', memberships: [] });
  expect(endsOf(await importLines(copy))).toEqual(['imported', 'imported', 'imported']);
  const again = (await read(true)).filter(({ externalId }) => externalId.endsWith('-in'));
  expect(again).toEqual(expect.arrayContaining(copy));
  // The hashes of this system are read, too
  expect(tokensOf(await people.signIn({ email: `copy-${ownersEmail}` }))).toHaveProperty('accessToken');
});

it('wants a reason', async () => {
  await expect(importLines([], { act: { ...ACT, reason: ' ' } })).rejects.toMatchObject({
    code: 'validation_failed',
  });
});

function ssha(password: string): string {
  const salt = Buffer.from('12345678');
  const digest = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`;
}

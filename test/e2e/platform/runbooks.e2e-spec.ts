import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiKeys } from '../../support/api-keys.js';
import { personLine, tenantLine } from '../../support/broken-lines.js';
import { blocksOf } from '../../support/fenced-blocks.js';
import { type Account, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { MailSink } from '../../support/mail-sink.js';
import { LOOPBACK } from '../../support/operators.js';
import { type Ended, programSocket } from '../../support/programs.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { TwoFactor } from '../../support/two-factor.js';
import { until } from '../../support/until.js';

/** The pages that operators follow. Each block of a shell or of SQL in them is run below as it stands, but for the names. */
const PAGES = ['operations', 'operators', 'import', 'signing-keys', 'two-factor', 'audit'];
/** Besides, their sentences name commands. The blocks of these are run by test/faults/backup.e2e-spec.ts. */
const SENTENCES = [...PAGES, 'secret-key', 'backup'];
/** Commands in the sentences of the pages, and the suites that run them through what they are for. */
const ELSEWHERE: Record<string, string> = {
  'npm run rekey': 'test/faults/key-rotation.e2e-spec.ts',
  'npm run rekey -- --forget': 'test/faults/key-rotation.e2e-spec.ts',
  'npm run rekey -- --lost <id>': 'test/faults/lost-key.e2e-spec.ts',
  'npm run migrate': 'test/faults/migrations.e2e-spec.ts',
};
/** `npm run` builds first, under the servers of the suites; otherwise this ends as it does: test/e2e/programs.e2e-spec.ts. */
const PROGRAMS = `npm() { node ${resolve('test/support/warm-program-client.mjs')} "$PROGRAMS" "$2" "\${@:4}"; }`;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-runbooks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mail = new MailSink();
const settings: Record<string, string> = { PLATFORM_ENABLED: 'true', SMS_COUNTRIES: 'GB' };
beforeAll(async () => {
  await mail.listen();
  settings.SMTP_URL = mail.url;
});
const t = useSharedApp(settings);
afterAll(() => mail.stop());

/** As an operator pastes it into a shell on the machine of the server. */
async function shell(commands: string, variables: Record<string, string> = {}): Promise<Ended> {
  const own = { PATH: process.env.PATH, GATEHOUSE: t.server.origin, PROGRAMS: await programSocket() };
  const env = { ...t.server.settings, ...own, ...variables };
  const args = ['-euo', 'pipefail', '-c', `${PROGRAMS}\n${commands}`];
  return new Promise((resolved) => {
    const child = execFile('bash', args, { cwd: folder, env }, (error, stdout, stderr) =>
      resolved({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

async function succeeds(commands: string, variables?: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await shell(commands, variables);
  if (code !== 0) throw new Error(`${commands} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

const blocksIn = (page: string) =>
  blocksOf(`docs/${page}.md`).filter(({ language }) => language === 'sh' || language === 'sql');

/** The names of the pages are those of an account of the test. */
const named = (text: string, { email, tenant }: Account): string =>
  text.replaceAll('ada@example.com', email).replace(/\bacme\b/g, tenant.slug);

const linesOf = (text: string): string[] => text.trim().replaceAll('\\\n', ' ').split('\n');

const statusOf = async ({ client }: Account): Promise<number> => (await client.get('/auth/me')).status;
const signIn = ({ email, password }: Account) =>
  t.client().post<Record<string, unknown>>('/auth/login', { email, password });

/** A revocation has replaced the signing keys. What the server signs before it has read the new ones is void. */
async function untilItHasTheNewKeys(): Promise<void> {
  const stored = await t.database.query<{ id: string }>(
    'SELECT id FROM signing_keys UNION ALL SELECT id FROM next_signing_keys',
  );
  const wanted = new Set(stored.map(({ id }) => id));
  await until(async () => {
    const { body } = await t.client().get<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
    return body.keys.length === wanted.size && body.keys.every(({ kid }) => wanted.has(kid));
  });
}

let operator: Promise<Record<string, string>> | null = null;
/** The token of an operator, the same in every block until a revocation. */
const signedInOperator = () => (operator ??= signInOperator());

/** By the blocks of docs/operators.md. */
async function signInOperator(): Promise<Record<string, string>> {
  const email = uniqueEmail('operator');
  const made = await succeeds(`npm run admin -- operator create ${email} --allow ${LOOPBACK} --json`);
  const { enrolmentToken: ENROLMENT_TOKEN } = JSON.parse(made) as { enrolmentToken: string };
  const [read, confirm, enter] = blocksIn('operators').filter(({ text }) => text.includes('/platform/auth/'));
  const enrolment = JSON.parse(await succeeds(read?.text ?? '', { ENROLMENT_TOKEN })) as { secret: string };
  const authenticator = new Authenticator(enrolment.secret);
  const setUp = { ENROLMENT_TOKEN, PASSWORD, CODE: authenticator.code() };
  await succeeds(confirm?.text ?? '', setUp);
  const script = `${(enter?.text ?? '').replace('olga@example.com', email)}\necho; echo "$OPERATOR"`;
  const [me = '', OPERATOR = ''] = (
    await succeeds(script, { PASSWORD, CODE: authenticator.nextCode() })
  ).split('\n');
  expect(JSON.parse(me)).toMatchObject({ email });
  return { OPERATOR };
}

/** The owner of a new tenant, with a second factor. */
const protectedOwner = async (): Promise<Account> => {
  const owner = await t.given.tenant();
  await new TwoFactor(t).enable(owner.client);
  return owner;
};

const wantsCode = async (owner: Account): Promise<boolean> =>
  'requiresTwoFactor' in (await signIn(owner)).body;

async function removesSecondFactor(commands: string): Promise<void> {
  const owner = await protectedOwner();
  expect(await wantsCode(owner)).toBe(true);
  await succeeds(named(commands, owner));
  expect([await statusOf(owner), await wantsCode(owner)]).toEqual([401, false]);
}

/** What each block does, by its page and its beginning. */
const RUNBOOKS: Record<string, (commands: string) => Promise<void>> = {
  'operations SELECT template': async (statement) => {
    await mail.stop();
    const owner = await t.given.unverifiedTenant();
    const doctor = await shell('npm run admin -- doctor');
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/^FAIL {2}mail /m) as string });
    expect(await t.database.query(statement)).toContainEqual(
      expect.objectContaining({
        template: 'verify-email',
        count: expect.stringMatching(/^[1-9]/) as string,
      }),
    );
    await mail.listen();
    expect((await shell('npm run admin -- doctor')).stdout).toMatch(/^OK {4}mail /m);
    await t.database.query(`UPDATE messages SET next_try_at = now() WHERE status = 'queued'`);
    await until(() => Promise.resolve(mail.mails.some(({ to }) => to === owner.email)));
  },
  'operations curl -fsS "$GATEHOUSE/platform/messages/find"': async (command) => {
    const owner = await t.given.unverifiedTenant();
    const answer = await succeeds(named(command, owner), await signedInOperator());
    expect(JSON.parse(answer)).toMatchObject([{ channel: 'email', template: 'verify-email' }]);
  },
  'operations SELECT detail': async (statement) => {
    await t.post('/auth/otp/request', { phone: '+919876543210' });
    expect(await t.database.query(statement)).toContainEqual(
      expect.objectContaining({ reason: 'country_not_allowed' }),
    );
  },
  'operations curl -fsS "$GATEHOUSE/platform/tenants': async (commands) => {
    const owner = await t.given.tenant();
    const why = `--reason 'Unpaid by ${owner.tenant.slug}' --reference 'case 12'`;
    await succeeds(`npm run admin -- tenant suspend ${owner.tenant.slug} ${why}`);
    const answer = await succeeds(named(commands, owner), await signedInOperator());
    expect(answer).toContain(`"id":"${owner.tenant.id}"`);
    expect(answer).toContain('"status":"suspended"');
    expect(answer).toContain(`Unpaid by ${owner.tenant.slug}`);
  },
  'operations npm run admin -- tenant restore': async (command) => {
    const owner = await t.given.tenant();
    await succeeds(named(command.replace('restore', 'suspend'), owner));
    expect(await statusOf(owner)).toBe(401);
    await succeeds(named(command, owner));
    expect(await statusOf(owner)).toBe(200);
  },
  'operations npm run admin -- person remove-second-factor': removesSecondFactor,
  'two-factor npm run admin -- person remove-second-factor': removesSecondFactor,
  'operations curl -fsS "$GATEHOUSE/platform/limits/find"': async (commands) => {
    const owner = await t.given.tenant();
    const guess = () => t.post('/auth/login', { email: owner.email, password: 'not the right one' });
    await until(async () => (await guess()).status === 429);
    const answer = await succeeds(named(commands, owner), await signedInOperator());
    expect(JSON.parse(answer)).toContainEqual(expect.objectContaining({ kind: 'password' }));
    expect((await signIn(owner)).status).toBe(200);
  },
  'operations npm run revoke': async (command) => {
    const owner = await t.given.tenant();
    expect(await statusOf(owner)).toBe(200);
    expect(await succeeds(command)).toMatch(/sessions +[1-9]/);
    expect([await statusOf(owner), (await signIn(owner)).status]).toEqual([401, 200]);
    await succeeds(`${command.trim()} --passwords`);
    expect((await signIn(owner)).status).toBe(401);
    operator = null;
    await untilItHasTheNewKeys();
  },
  'operators npm run admin -- tenant suspend': async (commands) => {
    const owner = await protectedOwner();
    const states: Record<string, unknown> = {};
    for (const line of linesOf(named(commands, owner))) {
      const [, act = ''] = /-- (\w+ [\w-]+)/.exec(line) ?? [];
      expect(await succeeds(line)).toMatch(/^Done[.:]/);
      const { body } = await signIn(owner);
      states[act] = [
        await statusOf(owner),
        body.requiresTwoFactor === undefined ? (body.code ?? 'in') : 'code wanted',
      ];
    }
    expect(states).toEqual({
      'tenant suspend': [401, 'code wanted'],
      'tenant restore': [200, 'code wanted'],
      'tenant delete': [401, 'code wanted'],
      'tenant undelete': [401, 'code wanted'],
      'person block': [401, 'invalid_credentials'],
      'person unblock': [401, 'code wanted'],
      'person sign-out': [401, 'code wanted'],
      'person remove-second-factor': [401, 'in'],
    });
  },
  'operators npm run admin -- operator create': async (commands) => {
    const email = uniqueEmail('olga');
    const outputs: Record<string, string> = {};
    for (const line of linesOf(commands.replaceAll('olga@example.com', email))) {
      const [, act = ''] = /operator ([\w-]+)/.exec(line) ?? [];
      outputs[act] = await succeeds(line);
    }
    const token = /\n[\w-]{43}\n$/;
    expect(outputs).toEqual({
      create: expect.stringMatching(token) as string,
      list: expect.stringContaining(`${email}  enrolling  203.0.113.0/24,2001:db8:7::/48`) as string,
      allow: 'Done.\n',
      disable: 'Done.\n',
      enable: 'Done.\n',
      'reset-password': expect.stringMatching(token) as string,
      'reset-second-factor': expect.stringMatching(token) as string,
    });
  },
  'operators npm run admin -- overview': async (commands) => {
    const owner = await t.given.tenant();
    await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
    const why = `--reason 'Unpaid' --reference 'case 12'`;
    await succeeds(`npm run admin -- tenant suspend ${owner.tenant.slug} ${why}`);
    const outputs: Record<string, string> = {};
    for (const line of linesOf(named(commands, owner))) {
      const [, words = '', name = ''] = /-- (\w+(?: (?!-)[a-z]+)?)(?:.* --(tenant|person))?/.exec(line) ?? [];
      outputs[`${words} ${name}`.trim()] = await succeeds(line);
    }
    const containing = (text: string) => expect.stringContaining(text) as string;
    expect(outputs).toEqual({
      overview: containing('suspendedTenants'),
      'tenant list': containing(owner.tenant.id),
      'tenant show': containing('suspended'),
      'person show': containing(owner.tenant.slug),
      'session list': containing('createdAt'),
      'key list': containing('leads.view'),
      'limits show': 'Nothing.\n',
      'messages list': containing('verify-email'),
      'audit list tenant': containing('tenant.suspended'),
      'audit list person': containing('user.viewed'),
    });
  },
  'operators npm run admin -- key find': async (command) => {
    const owner = await t.given.tenant();
    const { key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
    writeFileSync(join(folder, 'found.txt'), `${key}\n`);
    expect(await succeeds(command)).toContain(owner.user.id);
  },
  'operators npm run admin -- person resend-verification': async (commands) => {
    const owner = await t.given.unverifiedTenant();
    const { id: KEY } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
    const listed = await succeeds(`npm run admin -- session list ${owner.email} --json`);
    const { sessions } = JSON.parse(listed) as { sessions: { id: string }[] };
    const variables = { KEY, SESSION: sessions[0]?.id ?? '' };
    const ends: string[] = [];
    for (const line of linesOf(named(commands, owner))) ends.push(await succeeds(line, variables));
    // Nobody was leaving
    expect(ends.map((end) => /^Done/.test(end))).toEqual([true, false, true, true, true]);
    expect(await statusOf(owner)).toBe(401);
  },
  // One after the other, in one sign-in
  'operators curl -fsS "$GATEHOUSE/platform/auth/enrolment" ': async () => void (await signedInOperator()),
  'operators curl -fsS "$GATEHOUSE/platform/auth/enrolment/confirm"': async () =>
    void (await signedInOperator()),
  'operators OPERATOR=': async () => void (await signedInOperator()),
  'import npm run admin -- import': async (commands) => {
    const id = unique();
    const password = 'Correct horse 123';
    const digest = createHash('sha1').update(password).update('12345678').digest();
    const hash = `{SSHA}${Buffer.concat([digest, Buffer.from('12345678')]).toString('base64')}`;
    const person = personLine(id, {
      emailVerified: true,
      password: { scheme: 'ssha', hash },
      memberships: [{ tenant: `tenant-${id}`, role: 'admin' }],
    });
    const file = [tenantLine(id), person].map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(folder, 'people.ndjson'), file);
    const statuses: number[] = [];
    for (const line of linesOf(commands)) {
      await succeeds(line);
      statuses.push((await t.post('/auth/login', { email: `person-${id}@example.com`, password })).status);
    }
    expect(statuses).toEqual([401, 200, 200]);
    expect(readFileSync(join(folder, 'exported.ndjson'), 'utf8')).toContain(`person-${id}`);
  },
  'signing-keys npm run signing-keys': async (commands) => {
    const owner = await t.given.tenant();
    const [list = '', rotate = '', remove = ''] = linesOf(commands);
    const kids = async (state: string): Promise<string[]> =>
      (await succeeds(list))
        .split('\n')
        .filter((line) => line.includes(state))
        .map((line) => line.split(/\s+/)[1] ?? '');
    const [[active = ''], [next = '']] = [await kids('active'), await kids('next')];
    // The keys are older than this file: another one may have rotated them
    const before = await kids('retired');
    await t.database.pass(120);
    await succeeds(rotate);
    const retired = (await kids('retired')).filter((kid) => !before.includes(kid));
    expect([await kids('active'), retired]).toEqual([[next], [active]]);
    expect(await statusOf(owner)).toBe(200);
    await succeeds(remove.replace('<kid>', active));
    await until(async () => (await statusOf(owner)) === 401);
    expect(await kids('')).not.toContain(active);
  },
};

const keyOf = (page: string, text: string): string | undefined =>
  Object.keys(RUNBOOKS).find((key) => `${page} ${text}`.startsWith(key));

const found = PAGES.flatMap((page) =>
  blocksIn(page).map(({ text }) => ({ page, text, key: keyOf(page, text) })),
);

it('knows every block of the pages of operators, and none that is gone', () => {
  expect(found.filter(({ key }) => key === undefined)).toEqual([]);
  expect(found.map(({ key }) => key).sort()).toEqual(Object.keys(RUNBOOKS).sort());
});

it.each(found)('$key does what docs/$page.md says', async ({ key = '', text }) => RUNBOOKS[key]?.(text));

it('runs the commands in the sentences, too, here or where their drill is', () => {
  const here = [
    ...found.flatMap(({ text }) => linesOf(text)),
    ...['npm run admin -- doctor', 'npm run revoke -- --before now --passwords'],
  ];
  const sentences = SENTENCES.map((page) => readFileSync(`docs/${page}.md`, 'utf8'));
  const inSentences = sentences.flatMap((text) =>
    [...text.matchAll(/`(npm run (?:admin|revoke|rekey|signing-keys|migrate)\b[^`]*)`/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect(inSentences.length).toBeGreaterThan(15);
  const left = inSentences.filter((one) => !here.some((line) => line.startsWith(one.replace(/ …$/, ''))));
  expect([...new Set(left)].sort()).toEqual(Object.keys(ELSEWHERE).sort());
  for (const [command, test] of Object.entries(ELSEWHERE)) {
    const [, program = '', option = ''] = /^npm run (\w+)(?: -- (--\w+))?/.exec(command) ?? [];
    const text = readFileSync(test, 'utf8');
    expect([command, text.includes(`'${program}'`) && text.includes(option)]).toEqual([command, true]);
  }
});

import { allFaults } from '../support/attack-faults/all.js';
import {
  attack,
  type AttackReport,
  type Case,
  type CaseOutcome,
  linesOf,
  listCases,
  runPack,
} from '../support/attack-pack.js';
import { FaultyProxy } from '../support/faulty-proxy.js';
import type { Account } from '../support/given.js';
import { describeLong, inTurn, isLong } from '../support/long.js';
import { useSharedApp } from '../support/test-app.js';

/** The default limits, except those that only time lifts: the pack would wait for them. */
const SETTINGS = {
  THROTTLE_ENABLED: null,
  REFRESH_GRACE_SECONDS: '0',
  SMS_INTERVAL_SECONDS: '0',
  EMAIL_INTERVAL_SECONDS: '0',
};

const AREAS = [
  'tokens',
  'codes',
  'second-factor',
  'enumeration',
  'recovery',
  'tenancy',
  'roles',
  'keys',
  'invitations',
  'input',
  'limits',
  'messages',
];

interface Confirmation {
  confirmTarget: (
    target: URL,
    terminal: { isInteractive: boolean; say: (text: string) => void; ask: () => Promise<string> },
  ) => Promise<void>;
}

/** All of them, or without those that need many requests the first third of each area. */
async function chosen(): Promise<Case[]> {
  const all = await listCases();
  return AREAS.flatMap((area) => {
    const own = all.filter((one) => one.area === area);
    const short = isLong ? own : own.filter(({ budget, alone }) => !(budget ?? alone));
    return inTurn(short, 0, Math.ceil(short.length / 3));
  });
}

describe('the attack pack', () => {
  const t = useSharedApp(SETTINGS);
  let owner: Account;
  let tried: Case[];
  let report: AttackReport;

  beforeAll(async () => {
    owner = await t.given.verifiedTenant();
    tried = await chosen();
    const ids = tried.map(({ id }) => id).join();
    const args = ['--email', owner.email, '--tenant', owner.tenant.slug, '--case', ids];
    report = await attack(t.server.origin, args, { ATTACK_PASSWORD: owner.password });
  });

  it.each(AREAS)('succeeds nowhere: %s', (area) => {
    const outcomes = report.outcomes.filter((one) => one.area === area);
    const ids = tried.filter((one) => one.area === area).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(isLong ? 10 : 3);
    expect(outcomes.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(linesOf(outcomes.filter(({ outcome }) => outcome !== 'refused'))).toEqual([]);
  });

  it('leaves the owner signed in, unlocked, and nothing of its own in the tenant', async () => {
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    const again = await t.given.login(owner);
    const sessions = (await again.client.get('/auth/sessions')).body.data;
    expect(sessions.map(({ userAgent }) => userAgent).filter((agent) => agent?.includes('attack'))).toEqual(
      [],
    );
    const rows = async (path: string) => (await owner.client.get<{ data: unknown[] }>(path)).body.data.length;
    expect(await rows('/tenants/current/members')).toBe(1);
    expect(await rows('/tenants/current/invitations?state=open')).toBe(0);
    for (const path of ['departments', 'teams']) expect(await rows(`/tenants/current/${path}`)).toBe(0);
    expect(await rows('/tenants/current/roles')).toBe(3);
    const keys = await t.database.query(
      'SELECT 1 FROM api_keys WHERE tenant_id = $1 AND revoked_at IS NULL AND expires_at > now()',
      [owner.tenant.id],
    );
    expect(keys).toEqual([]);
  });

  it('reports what it could not remove, which is little', () => {
    expect(report.left.length).toBeLessThan(30);
    for (const line of report.left) expect(line).toMatch(/^the account (attack-|\+)/);
  });
});

/** The control of the one above: `npm run test:faults -- --only attack-pack`. */
describeLong('the attack pack against a server with weaknesses', () => {
  const t = useSharedApp(SETTINGS);
  const faults = allFaults();
  let found: CaseOutcome[];

  /** Without the cases that need many requests and find nothing here. */
  const worthRunning = async (caught: Set<string>) =>
    (await listCases())
      .filter(({ id, since, budget, alone }) => caught.has(id) || !(since ?? budget ?? alone))
      .map(({ id }) => id);

  beforeAll(async () => {
    const caught = new Set(faults.flatMap((fault) => fault.caught));
    const ids = await worthRunning(caught);
    const proxy = new FaultyProxy(t.server.origin, faults);
    const { outcomes, code } = await attack(await proxy.listen(), ['--case', ids.join()]);
    await proxy.close();
    found = outcomes;
    expect(code).toBe(1);
  });

  it('covers every area, with at least twenty-five cases that detect a weakness', () => {
    const caught = new Set(faults.flatMap((fault) => fault.caught));
    expect(caught.size).toBeGreaterThanOrEqual(25);
    const areas = new Set(found.filter(({ id }) => caught.has(id)).map(({ area }) => area));
    expect([...areas].sort()).toEqual([...AREAS].sort());
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('detects that %s', (_, { caught }) => {
    const through = found.filter(({ outcome }) => outcome === 'got through').map(({ id }) => id);
    expect(caught.filter((id) => !through.includes(id))).toEqual([]);
  });

  it('reports nothing else', () => {
    const caught = faults.flatMap((fault) => fault.caught);
    const others = found.filter(({ id, outcome }) => outcome !== 'refused' && !caught.includes(id));
    expect(linesOf(others)).toEqual([]);
  });
});

describe('npm run attack', () => {
  const refuse = (args: string[], complaint: RegExp, environment = {}) =>
    expect(runPack(args, environment)).resolves.toEqual({
      code: 2,
      out: '',
      complaint: expect.stringMatching(complaint) as string,
    });

  it('has at least 150 cases, each with a name of its own and everything the report prints', async () => {
    const cases = await listCases();
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    for (const one of cases) {
      expect(one.id.startsWith(`${one.area}-`)).toBe(true);
      for (const text of [one.title, one.recalls, one.expected]) expect(text).toMatch(/\w{3}/);
    }
    expect([...new Set(cases.map(({ area }) => area))].sort()).toEqual([...AREAS].sort());
  });

  it('lists one area, and prints its usage', async () => {
    const { out } = await runPack(['--list', '--only', 'messages']);
    expect(out.split('\n').filter((line) => /^\S/.test(line))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^messages-/)]),
    );
    expect(out).not.toContain('tokens-');
    expect(await runPack(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('--target URL'),
    });
  });

  it.each([
    'http://attacked.example',
    'https://attacked.example:8443',
    'http://10.0.0.1',
    'http://localhost.attacked.example',
    'http://0.0.0.0:1',
    'http://[::2]',
  ])('attacks no other machine without a terminal for the confirmation: %s', async (target) => {
    await refuse(['--target', target, '--email', 'a@example.com', '--may-register'], /wants a terminal/);
  });

  describe('against another machine', () => {
    const target = new URL('https://attacked.example:8443');
    const said: string[] = [];
    beforeEach(() => void said.splice(0));
    const confirm = async (typed: string, isInteractive = true) => {
      const path: string = '../../scripts/attack/confirm.js';
      const { confirmTarget } = (await import(path)) as Confirmation;
      return confirmTarget(target, {
        isInteractive,
        say: (text) => said.push(text),
        ask: () => Promise.resolve(typed),
      });
    };

    it('names it, and continues once its name was typed', async () => {
      await confirm('attacked.example');
      expect(said.join()).toContain('attacked.example is not this machine');
    });

    it.each(['', 'y', 'yes', 'example', 'attacked.example.com', 'ATTACKED.example', 'attacked.example:8443'])(
      'does not continue for "%s"',
      async (typed) => {
        await expect(confirm(typed)).rejects.toThrow('nothing was sent');
      },
    );

    it('does not continue for a name that a pipe provides', async () => {
      await expect(confirm('attacked.example', false)).rejects.toThrow('wants a terminal');
    });
  });

  it.each([
    [['--password', 'x']],
    [['--yes']],
    [['--force']],
    [['--target']],
    [['--target', 'ftp://127.0.0.1']],
    [['--target', 'http://user:secret@127.0.0.1']],
    [['--target', 'http://127.0.0.1/auth']],
    [['--only', 'nothing']],
    [['--only', 'tokens,nothing']],
    [['--case', 'nothing']],
    [['--wait', 'long']],
  ])('refuses %j', async (args) => {
    await refuse(args, /\w/);
  });

  it('reports that no server answers, and that it has no password', async () => {
    await refuse(['--target', 'http://127.0.0.1:1'], /No server is ready/);
  });
});

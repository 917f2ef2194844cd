import { PASSWORD, uniqueEmail } from '../support/given.js';
import { HashLog } from '../support/hash-log.js';
import { Phones, uniquePhone } from '../support/phone.js';
import { StatementLog } from '../support/statement-log.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/** Enough that what the server does by itself meanwhile is missing at least once. */
const ROUNDS = 5;

const AT_WORK = `
  SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    AND (xact_start IS NOT NULL OR state = 'active')`;

/** How often each statement ran, and how many passwords were hashed or compared. */
type Work = Record<string, number>;

describe('the work of an answer', () => {
  let log: StatementLog;
  const hashes = new HashLog();
  const settings = {
    ...hashes.settings,
    EMAIL_INTERVAL_SECONDS: '0',
    LOGIN_ADDRESS_FAILURES: '100000',
    API_KEY_USAGE_FLUSH_SECONDS: '300',
  };
  const t = createTestApp(settings, async (url) => {
    log = await StatementLog.before(url);
    return log.url;
  });
  const known: { email: string; phone: string }[] = [];

  beforeAll(async () => {
    const phones = new Phones(t);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { email } = await t.given.verifiedTenant();
      known.push({ email, phone: (await phones.account()).phone });
    }
    await t.database.pass(3_600);
  });

  afterAll(() => {
    log.close();
    hashes.close();
  });

  const settled = () => until(async () => (await t.database.query(AT_WORK)).length === 0);

  const measure = async (path: string, body: object): Promise<{ answer: string; work: Work }> => {
    await settled();
    log.take();
    hashes.take();
    const { status, text, body: answer } = await t.post(path, body);
    await settled();
    const work: Work = { hashes: hashes.take() };
    for (const statement of log.take()) work[statement] = (work[statement] ?? 0) + 1;
    const { instance = '' } = answer as { instance?: string };
    return { answer: `${status} ${text.replace(instance, '')}`, work };
  };

  /** What every round had in common. */
  const common = (works: Work[]): Work => {
    const [first = {}] = works;
    const least = Object.keys(first).map((name) => [name, Math.min(...works.map((work) => work[name] ?? 0))]);
    return Object.fromEntries(least.filter(([, count]) => count !== 0)) as Work;
  };

  interface Identifiers {
    email: string;
    phone: string;
  }
  const WRONG = 'Another-Wrong-Guess-19';
  const CASES: [string, string, (of: Identifiers) => object, number][] = [
    ['a password, by e-mail', '/auth/login', ({ email }) => ({ email, password: WRONG }), 1],
    ['a password, by phone', '/auth/login', ({ phone }) => ({ phone, password: WRONG }), 1],
    ['a password, by phone', '/api/v1/auth/login', ({ phone }) => ({ phone, password: WRONG }), 1],
    ['a password', '/v1/auth/login', ({ email }) => ({ email, password: WRONG }), 1],
    ['a link to recover', '/auth/forgot-password', ({ email }) => ({ email }), 0],
    ['a code to recover', '/auth/forgot-password', ({ phone }) => ({ phone }), 0],
    ['a code to recover', '/api/v1/auth/forgot-password', ({ phone }) => ({ phone }), 0],
    ['a code to sign in', '/auth/otp/request', ({ phone }) => ({ phone }), 0],
    ['a wrong code', '/auth/otp/verify', ({ phone }) => ({ phone, code: '000000' }), 0],
    [
      'a wrong code to recover',
      '/auth/reset-password',
      ({ phone }) => ({ phone, code: '000000', newPassword: PASSWORD }),
      0,
    ],
  ];

  it.each(CASES)('is the same for an unknown identifier: %s at %s', async (_, path, bodyOf, compared) => {
    const works: { known: Work[]; unknown: Work[] } = { known: [], unknown: [] };
    for (const one of known) {
      const known = await measure(path, bodyOf(one));
      const unknown = await measure(path, bodyOf({ email: uniqueEmail(), phone: uniquePhone() }));
      expect(unknown.answer).toBe(known.answer);
      works.known.push(known.work);
      works.unknown.push(unknown.work);
      await t.database.pass(3_600);
    }
    const expected = common(works.known);
    expect(common(works.unknown)).toEqual(expected);
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    expect(expected.hashes ?? 0).toBe(compared);
  });
});

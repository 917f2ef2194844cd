import { burst } from '../../support/burst.js';
import { type Operator, Operators, WHY } from '../../support/operators.js';
import { type Credential, MATRIX } from '../../support/revocation/matrix.js';
import { PROBE_ORDER, Probes } from '../../support/revocation/probes.js';
import type { Server, Settings } from '../../support/server.js';
import {
  createHolder,
  type Holder,
  type Other,
  OtherProbes,
  OTHERS,
} from '../../support/suspension/credentials.js';
import { TestApp } from '../../support/test-app.js';
import { useWarmProcess } from '../../support/warm-process.js';
import { readFaultSettings } from './support/settings.js';

const SETTINGS: Settings = {
  PLATFORM_ENABLED: 'true',
  EMAIL_INTERVAL_SECONDS: '0',
  EMAIL_PER_HOUR: '1000',
  EMAIL_PER_DAY: '1000',
  SMS_INTERVAL_SECONDS: '0',
  SMS_DAILY_BUDGET: '10000000',
  SMS_COUNTRY_DAILY_BUDGET: '10000000',
  SMS_HOLD_AFTER: '10000000',
  REFRESH_GRACE_SECONDS: '0',
  TEMP_TOKEN_TTL_SECONDS: '600',
  OTP_TTL_SECONDS: '600',
};

/** Each batch has servers and a database of its own, so that nothing grows with the rounds. */
const BATCH = 99;
const BURST = 4;

interface Suspension {
  act: (holder: Holder) => Promise<void>;
  undo: (holder: Holder) => Promise<void>;
  /** What it ends, beside the credentials that the matrix names. */
  ends: Other[];
  /** What works again afterwards. */
  returns: (Credential | Other)[];
  row: 'tenant suspended' | 'person blocked' | null;
}

describe('what an operator has suspended at one server', () => {
  const { suspensions: rounds } = readFaultSettings();
  const batches = Array.from({ length: Math.ceil(rounds / BATCH) }, (_, index) => index * BATCH);
  const [warm, other] = [useWarmProcess('plain'), useWarmProcess('other')];
  let t: TestApp;
  let second: Server;
  let operators: Operators;
  let operator: Operator;
  beforeEach(async () => {
    t = new TestApp();
    await t.start(SETTINGS, undefined, (all) => warm.serve(all));
    second = await other.serveBeside(t.server);
    operators = new Operators(t);
    operator = await operators.signedIn();
  });
  afterEach(async () => {
    await second.dispose();
    await t.stop();
  });

  const order = async (path: string) => {
    const { status, text } = await operator.client.post(path, WHY);
    if (status !== 200) throw new Error(`The operator got ${status} ${text}`);
  };
  const suspensions: Record<string, Suspension> = {
    'tenant suspended': {
      act: ({ subject }) => order(`/platform/tenants/${subject.tenantId}/suspend`),
      undo: ({ subject }) => order(`/platform/tenants/${subject.tenantId}/restore`),
      row: 'tenant suspended',
      ends: ['passwordInTenant', 'passwordOfOwner', 'serviceSecret', 'serviceToken', 'impersonationToken'],
      returns: [
        ...(['ownAccess', 'otherAccess', 'apiKey', 'otherRefresh', 'ownRefresh', 'tempToken'] as const),
        ...([
          'invitationSent',
          'trustedDevice',
          'passwordInTenant',
          'passwordOfOwner',
          'serviceSecret',
          'serviceToken',
          'impersonationToken',
        ] as const),
      ],
    },
    'person blocked': {
      act: ({ subject }) => order(`/platform/people/${subject.userId}/block`),
      undo: ({ subject }) => order(`/platform/people/${subject.userId}/unblock`),
      row: 'person blocked',
      ends: ['password', 'passwordInTenant', 'impersonationToken'],
      returns: ['apiKey', 'invitationReceived', 'invitationSent', 'password', 'passwordInTenant'],
    },
    'operator disabled': {
      act: async ({ operator: { email } }) => void (await operators.command('disable', email)),
      undo: async ({ operator: { email } }) => void (await operators.command('enable', email)),
      row: null,
      ends: ['operatorToken', 'operatorPassword', 'impersonationToken'],
      returns: ['operatorPassword'],
    },
  };
  const names = Object.keys(suspensions);

  it.each(batches)('opens nothing at the other one, until it is restored (from round %i)', async (first) => {
    const [probes, others] = [new Probes(t, second), new OtherProbes(t, second)];
    const wrong: string[] = [];
    let tried = 0;

    const suspendOnce = async (name: string) => {
      const { act, undo, ends, returns, row } = suspensions[name] as Suspension;
      const holder = await createHolder(t, row === null ? await operators.signedIn() : operator);
      const use = (credential: Credential | Other) =>
        isOther(credential) ? others.try(credential, holder) : probes.try(credential, holder.subject);
      const expectSeen = async (credential: Credential | Other, expected: 'dead' | 'alive', when: string) => {
        tried += 1;
        const seen = await use(credential);
        if (seen !== expected) wrong.push(`${name}, ${when}: ${credential} is ${seen}`);
      };
      // The other server has verified them, and may have them in a cache
      const cached = [
        ...(['ownAccess', 'otherAccess', 'apiKey'] as const),
        ...(['serviceToken', 'operatorToken', 'impersonationToken'] as const),
      ];
      for (const credential of cached) await expectSeen(credential, 'alive', 'before');

      await act(holder);
      // So that a code refused now would be accepted otherwise
      const { email } = holder.operator;
      await t.database.query('UPDATE operators SET last_step = last_step - 100 WHERE email = $1', [email]);
      const outcomes = row === null ? null : MATRIX[row].outcomes;
      const dead = [...PROBE_ORDER.filter((one) => outcomes?.[one] === 'dead'), ...ends];
      for (const credential of cached) {
        const expected = dead.includes(credential) ? 'dead' : 'alive';
        await burst(BURST, () => expectSeen(credential, expected, 'at once'));
      }
      for (const credential of dead) await expectSeen(credential, 'dead', 'suspended');
      // Nobody else is concerned
      for (const credential of OTHERS.filter((one) => !dead.includes(one) && one !== 'operatorPassword'))
        await expectSeen(credential, 'alive', 'suspended');

      await undo(holder);
      for (const credential of dead) {
        const expected = returns.includes(credential) ? 'alive' : 'dead';
        await expectSeen(credential, expected, 'restored');
      }
    };

    // Each kind of suspension by itself, the kinds side by side
    await burst(names.length, async (lane) => {
      const last = Math.min(first + BATCH, rounds);
      for (let round = first + lane; round < last; round += names.length)
        await suspendOnce(names[lane] ?? '');
    });
    process.stdout.write(`from round ${first}: ${tried} uses, ${wrong.length} wrong\n`);
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(0);
  });
});

function isOther(credential: Credential | Other): credential is Other {
  return (OTHERS as readonly string[]).includes(credential);
}

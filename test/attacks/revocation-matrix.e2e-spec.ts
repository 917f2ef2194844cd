import { act } from '../support/revocation/events.js';
import {
  type Credential,
  type Event,
  MATRIX,
  type Row,
  type Situation,
} from '../support/revocation/matrix.js';
import { PROBE_ORDER, Probes, type Seen } from '../support/revocation/probes.js';
import { type Subject, Subjects } from '../support/revocation/subject.js';
import type { Server } from '../support/server.js';
import { useSharedApp } from '../support/test-app.js';
import { TwoFactor } from '../support/two-factor.js';
import { useWarmProcess } from '../support/warm-process.js';

describe('revocation, done at one server and tried at another', () => {
  // Removes waits between messages to one person and the grace period, and gives slow machines time
  const settings = {
    EMAIL_INTERVAL_SECONDS: '0',
    EMAIL_PER_HOUR: '1000',
    EMAIL_PER_DAY: '1000',
    SMS_INTERVAL_SECONDS: '0',
    REFRESH_GRACE_SECONDS: '0',
    TEMP_TOKEN_TTL_SECONDS: '600',
    OTP_TTL_SECONDS: '600',
  };
  const beside = useWarmProcess();
  const t = useSharedApp(settings);
  const subjects = new Subjects(t);
  let second: Server;
  let there: Probes;
  beforeAll(async () => {
    second = await beside.serveBeside(t.server, settings);
    there = new Probes(t, second);
  });

  const tryAll = async (subject: Subject, outcomes: Row['outcomes'], which = PROBE_ORDER) => {
    const seen: Partial<Record<Credential, Seen>> = {};
    for (const credential of which) {
      if (outcomes[credential] !== '–') seen[credential] = await there.try(credential, subject);
    }
    return seen;
  };
  const REPLACED: Credential[] = ['ownAccess', 'ownRefresh'];

  it.each<Situation>(['member', 'member without factor', 'claimant'])(
    'without any event every credential of a %s is alive',
    async (situation) => {
      const [row] = Object.values<Row>(MATRIX).filter((one) => one.situation === situation);
      const { tempToken, trustedDevice, ...others } = row?.outcomes ?? ({} as Row['outcomes']);
      const seen = await tryAll(await subjects.create(situation), { ...others, tempToken, trustedDevice });
      expect(new Set(Object.values(seen))).toEqual(new Set(['alive']));
    },
  );

  it('a credential that stays alive when a tenant is suspended opens no session in it', async () => {
    const subject = await act(t, 'tenant suspended', await subjects.create('member'));
    const { phone, signInCode: code, factor, userId, email, password, owner } = subject;
    const twoFactor = new TwoFactor(t);
    const { body } = await t.post('/auth/otp/verify', { phone, code });
    const [backupCode = ''] = factor?.backupCodes ?? [];
    const signedIn = await twoFactor.verify(body.tempToken, backupCode, t.client(null, second));
    expect([signedIn.status, signedIn.body.user.id, signedIn.body.tenant]).toEqual([200, userId, null]);
    const into = await t.post('/auth/login', { email, password, tenantSlug: owner.tenant.slug });
    expect(into).toBeProblem('invalid_credentials');
  });

  describe.each(Object.entries<Row>(MATRIX) as [Event, Row][])('%s', (event, { situation, outcomes }) => {
    let subject: Subject;
    let seen: Partial<Record<Credential, Seen>>;
    let seenAfterUse: Partial<Record<Credential, Seen>> | null = null;

    beforeAll(async () => {
      const before = await subjects.create(situation);
      // The other server has verified the tokens, and has them in its cache
      for (const credential of ['ownAccess', 'otherAccess', 'apiKey'] as const) {
        expect([credential, await there.try(credential, before)]).toEqual([credential, 'alive']);
      }
      subject = await act(t, event, before);
      const [device, ...others] = [...PROBE_ORDER].reverse() as [Credential, ...Credential[]];
      seen = await tryAll(subject, outcomes, others.reverse());
      if (subject.fresh) {
        expect((await t.client(subject.fresh.accessToken).get('/auth/me')).status).toBe(200);
        seenAfterUse = await tryAll(subject, outcomes, REPLACED);
      }
      Object.assign(seen, await tryAll(subject, outcomes, [device]));
    });

    const inRun = PROBE_ORDER.filter((credential) => outcomes[credential] !== '–');
    it.each(inRun.map((credential) => [credential, outcomes[credential]] as const))(
      '%s: %s',
      (credential, outcome) => {
        expect(seen[credential]).toBe(outcome === 'first use' ? 'alive' : outcome);
      },
    );

    if (REPLACED.some((credential) => outcomes[credential] === 'first use')) {
      it('the older pair, once the new one was used: dead', () => {
        expect(seenAfterUse).toEqual({ ownAccess: 'dead', ownRefresh: 'dead' });
      });
    }
  });
});

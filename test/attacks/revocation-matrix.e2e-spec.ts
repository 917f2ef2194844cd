import { act } from '../support/revocation/events.js';
import {
  type Credential,
  type Event,
  MATRIX,
  type Row,
  type Situation,
} from '../support/revocation/matrix.js';
import { Probes, type Seen } from '../support/revocation/probes.js';
import { type Subject, Subjects } from '../support/revocation/subject.js';
import type { Server } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';
import { TwoFactor } from '../support/two-factor.js';

/** In the order in which none disturbs the next: what signs in comes late, the device last. */
const ORDER: Credential[] = [
  'ownAccess',
  'otherAccess',
  'apiKey',
  'otherRefresh',
  'ownRefresh',
  'tempToken',
  'signInCode',
  'recoveryCode',
  'resetLink',
  // Verifies a claimant by their own password; what they sent counts only then
  'invitationReceived',
  'invitationSent',
  'trustedDevice',
];

describe('what ends what, done at one server and tried at another', () => {
  // People are sent one message after the other here, a second use is one at once, and a slow machine ends nothing
  const t = createTestApp({
    EMAIL_INTERVAL_SECONDS: '0',
    EMAIL_PER_HOUR: '1000',
    EMAIL_PER_DAY: '1000',
    SMS_INTERVAL_SECONDS: '0',
    REFRESH_GRACE_SECONDS: '0',
    TEMP_TOKEN_TTL_SECONDS: '600',
    OTP_TTL_SECONDS: '600',
  });
  const subjects = new Subjects(t);
  let second: Server;
  let there: Probes;
  beforeAll(async () => {
    second = await t.server.startSibling();
    there = new Probes(t, second);
  });
  afterAll(() => second.dispose());

  const tryAll = async (subject: Subject, fates: Row['fates'], which = ORDER) => {
    const seen: Partial<Record<Credential, Seen>> = {};
    for (const credential of which) {
      if (fates[credential] !== '–') seen[credential] = await there.try(credential, subject);
    }
    return seen;
  };
  const REPLACED: Credential[] = ['ownAccess', 'ownRefresh'];

  it.each<Situation>(['member', 'member without factor', 'claimant'])(
    'without any event all that a %s has is alive',
    async (situation) => {
      const [row] = Object.values<Row>(MATRIX).filter((one) => one.situation === situation);
      const { tempToken, trustedDevice, ...others } = row?.fates ?? ({} as Row['fates']);
      const seen = await tryAll(await subjects.create(situation), { ...others, tempToken, trustedDevice });
      expect(new Set(Object.values(seen))).toEqual(new Set(['alive']));
    },
  );

  it('what is alive of a person when a tenant is suspended leads to no session in it', async () => {
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

  describe.each(Object.entries<Row>(MATRIX) as [Event, Row][])('%s', (event, { situation, fates }) => {
    let subject: Subject;
    let seen: Partial<Record<Credential, Seen>>;
    let seenAfterUse: Partial<Record<Credential, Seen>> | null = null;

    beforeAll(async () => {
      const before = await subjects.create(situation);
      // The other server has seen the tokens, and holds them good
      for (const credential of ['ownAccess', 'otherAccess', 'apiKey'] as const) {
        expect([credential, await there.try(credential, before)]).toEqual([credential, 'alive']);
      }
      subject = await act(t, event, before);
      const [device, ...others] = [...ORDER].reverse() as [Credential, ...Credential[]];
      seen = await tryAll(subject, fates, others.reverse());
      if (subject.fresh) {
        expect((await t.client(subject.fresh.accessToken).get('/auth/me')).status).toBe(200);
        seenAfterUse = await tryAll(subject, fates, REPLACED);
      }
      Object.assign(seen, await tryAll(subject, fates, [device]));
    });

    const inRun = ORDER.filter((credential) => fates[credential] !== '–');
    it.each(inRun.map((credential) => [credential, fates[credential]] as const))(
      '%s: %s',
      (credential, fate) => {
        expect(seen[credential]).toBe(fate === 'first use' ? 'alive' : fate);
      },
    );

    if (REPLACED.some((credential) => fates[credential] === 'first use')) {
      it('the older pair, once the new one was used: dead', () => {
        expect(seenAfterUse).toEqual({ ownAccess: 'dead', ownRefresh: 'dead' });
      });
    }
  });
});

import { describeLong } from '../../support/long.js';
import { act } from '../../support/revocation/events.js';
import { type Event, MATRIX, type Row } from '../../support/revocation/matrix.js';
import { PROBE_ORDER, Probes } from '../../support/revocation/probes.js';
import { Subjects } from '../../support/revocation/subject.js';
import type { Server, Settings } from '../../support/server.js';
import { TestApp } from '../../support/test-app.js';
import { readFaultSettings } from './support/settings.js';

/** No wait between messages to one person, no grace period, no budget, and time for slow machines. */
const SETTINGS: Settings = {
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
const BATCH = 100;
/** Tried by several requests at once, which change nothing. */
const BURST = 4;
const CACHED = ['ownAccess', 'otherAccess', 'apiKey'] as const;

/** `npm run test:faults -- --only revocations`; `revocation-matrix` is its part in `npm test`. */
describeLong('a credential that one server has revoked', () => {
  const { revocations: rounds } = readFaultSettings();
  const events = Object.keys(MATRIX) as Event[];
  const batches = Array.from({ length: Math.ceil(rounds / BATCH) }, (_, index) => index * BATCH);
  let t: TestApp;
  let second: Server;
  beforeEach(async () => {
    t = new TestApp();
    await t.start(SETTINGS);
    second = await t.server.startSibling();
  });
  afterEach(async () => {
    await second.dispose();
    await t.stop();
  });

  it.each(batches.length > 0 ? batches : [0])(
    'is refused by the other one, from the next request on (from round %i)',
    async (first) => {
      const subjects = new Subjects(t);
      const there = new Probes(t, second);
      const successes: string[] = [];
      let tried = 0;
      for (let round = first; round < Math.min(first + BATCH, rounds); round += 1) {
        const event = events[round % events.length] as Event;
        const { situation, outcomes }: Row = MATRIX[event];
        const before = await subjects.create(situation);
        // The other server has verified them, and may have them in a cache
        for (const credential of CACHED)
          expect([credential, await there.try(credential, before)]).toEqual([credential, 'alive']);

        const subject = await act(t, event, before);
        const dead = PROBE_ORDER.filter((credential) => outcomes[credential] === 'dead');
        const atOnce = CACHED.filter((credential) => dead.includes(credential));
        const burst = atOnce.flatMap((credential) => Array.from({ length: BURST }, () => credential));
        const note = async (credential: (typeof dead)[number]) => {
          tried += 1;
          const seen = await there.try(credential, subject);
          if (seen !== 'dead') successes.push(`${event}: ${credential} is ${seen}`);
        };
        await Promise.all(burst.map(note));
        for (const credential of dead) await note(credential);
      }
      process.stdout.write(
        `from round ${first}: ${tried} uses of revoked credentials, ${successes.length} successes\n`,
      );
      expect(successes).toEqual([]);
      expect(tried).toBeGreaterThan(0);
    },
  );
});

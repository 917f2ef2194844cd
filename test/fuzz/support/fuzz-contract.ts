import fc from 'fast-check';
import type { Client } from '../../support/client.js';
import { epochSeconds } from '../../support/clock.js';
import { contractOf } from '../../support/documents.js';
import type { PlacedOperation } from '../../support/openapi.js';
import { useSharedApp } from '../../support/test-app.js';
import { findAnswerFaults } from './conformity.js';
import { DatabaseSnapshot } from './database-snapshot.js';
import { findIntrusions, findLeaks, findLosses } from './isolation.js';
import { type FuzzedRequest, happyRequest, requestsTo, type WireRequest } from './requests.js';
import { type FuzzReply, Sender } from './sender.js';
import { readFuzzSettings, seedOf } from './settings.js';
import { type ActorName, ACTORS, createWorld, type World } from './world.js';

const MAX_SHOWN = 2_000;

/** Every operation of one contract, as each kind of caller. */
export function fuzzContract(name: string): void {
  const { document, operations } = contractOf(name);
  const settings = readFuzzSettings();
  const t = useSharedApp();
  let world: World;
  let snapshot: DatabaseSnapshot;
  let senders: Sender[];
  let prober: Client;
  const share = new TimeShare(settings.minutes, operations.length * ACTORS.length);

  beforeAll(async () => {
    world = await createWorld(t, name);
    snapshot = await DatabaseSnapshot.take(t.database);
    prober = t.client();
    senders = ACTORS.map(() => new Sender(t.server.origin, t.client().address));
  });

  afterAll(async () => {
    if (share.leftOut > 0) process.stdout.write(`${name}: no time for ${share.leftOut} requests\n`);
    await Promise.all(senders.map((sender) => sender.close()));
    await snapshot.drop();
  });

  const senderOf = (actor: ActorName): Sender => {
    const sender = senders[ACTORS.indexOf(actor)];
    if (!sender) throw new Error(`No sender for ${actor}`);
    return sender;
  };

  const run = async (actorName: ActorName, request: FuzzedRequest): Promise<void> => {
    if (share.isUsedUp()) return;
    const actor = world.actors[actorName];
    const wire = request.resolve(world.known(actor), actor.credential);
    const reply = await senderOf(actorName).send(wire);
    const differences = await snapshot.restore();
    if (!reply) return;
    const faults = [
      ...findAnswerFaults(wire, reply),
      ...findIntrusions(actor, wire, reply),
      ...findLosses(world, differences),
      ...findLeaks(world, wire, reply),
    ];
    if (faults.length > 0) throw new Error(describeFailure(faults, wire, reply));
  };

  describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s',
    (title, operation: PlacedOperation) => {
      it.each(ACTORS)(`answers %s as documented, and changes nothing of another tenant`, async (actor) => {
        const seed = seedOf(settings.seed, `${title} ${actor}`);
        share.begin();
        const property = fc.asyncProperty(requestsTo(document, operation), (request) => run(actor, request));
        await fc.assert(property, {
          seed,
          numRuns: settings.runs,
          examples: [[happyRequest(document, operation)]],
          ...(settings.path !== undefined && { path: settings.path }),
          reporter: (details) => {
            if (!details.failed) return;
            const path = details.counterexamplePath ?? '';
            const replay = `FUZZ_SEED=${settings.seed} FUZZ_PATH=${path} npm run test:fuzz -- -t '${title} answers ${actor} '`;
            throw new Error(
              `${fc.stringify(details.counterexample)}\n${String(details.errorInstance)}\nAgain: ${replay}`,
            );
          },
        });
        expect((await prober.get('/health/live')).status).toBe(200);
      });
    },
  );
}

/** Divides the time of a run among its properties: what one leaves over, the next ones may use. */
class TimeShare {
  leftOut = 0;
  private first: number | undefined;
  private begun = 0;

  constructor(
    private readonly minutes: number | undefined,
    private readonly properties: number,
  ) {}

  begin(): void {
    this.first ??= epochSeconds();
    this.begun += 1;
  }

  isUsedUp(): boolean {
    if (this.minutes === undefined) return false;
    const end = (this.first ?? 0) + (this.minutes * 60 * this.begun) / this.properties;
    const isOver = epochSeconds() > end;
    if (isOver) this.leftOut += 1;
    return isOver;
  }
}

function describeFailure(
  faults: string[],
  { method, path, headers, body }: WireRequest,
  { status, text }: FuzzReply,
): string {
  const sent = `${method} ${path.slice(0, MAX_SHOWN)}\n${JSON.stringify(headers.map((text) => text.slice(0, 60)))}\n${String(body).slice(0, MAX_SHOWN)}`;
  return `${faults.slice(0, 5).join('\n')}\nsent: ${sent}\nreceived: ${status} ${text.slice(0, MAX_SHOWN)}`;
}

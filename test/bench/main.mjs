import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { issueApiKeys, registerAccounts, verifyPhones } from './accounts.mjs';
import { fill, findTenant } from './growth/fill.mjs';
import { measurePath } from './measure.mjs';
import { listPaths, readPaths, refreshPath } from './paths.mjs';
import { registerPeerAccounts } from './peer/accounts.mjs';
import { checkPeer, peerPaths } from './peer/paths.mjs';
import { describeConditions, describePath, describeServer } from './report.mjs';
import { loginPath, otpRequestPath, otpVerifyPath } from './sign-in-paths.mjs';
import { PHONES, Stage } from './stage.mjs';

/*
 * The built server beside hand-written floors of the same work, in one run. On a shared machine only the ratios and
 * the CPU of a request say anything; nothing is asserted.
 *
 *   --quick           short windows, hardly a warm-up, no start times: a first impression
 *   --only=me,login   these paths
 *   --peer            also install Better Auth into a temporary folder, and measure it in turn with both
 *   --profile=FOLDER  also write CPU profiles of the built server there; they slow it down
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    peer: { type: 'boolean' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});

if (options.profile) mkdirSync(options.profile, { recursive: true });

const PLAN = options.quick
  ? { pairs: 5, windowMs: 500, warmMs: 800, people: 128, members: 1_000 }
  : { pairs: 7, windowMs: 1_200, warmMs: 6_000, people: 256, members: 100_000 };
/** Two for each sign-in in flight. */
const LOGIN_ACCOUNTS = 16;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => interruption.abort(new Error(`Stopped by ${signal}`)));
}

const stage = new Stage();
try {
  await bench();
} catch (error) {
  process.stderr.write(`${interruption.signal.aborted ? 'Stopped.' : error.stack}\n`);
  process.exitCode = 1;
} finally {
  await stage.close();
}

async function bench() {
  await stage.open(PLAN.people);
  print(describeConditions(stage, PLAN));

  const people = await stage.floors.ask('people');
  const accounts = await registerAccounts(stage.product.port, PLAN.people + LOGIN_ACCOUNTS);
  const signedIn = accounts.slice(LOGIN_ACCOUNTS);
  await issueApiKeys(stage.product.port, signedIn);
  await verifyPhones(stage, signedIn, PHONES);
  const paths = [
    ...readPaths(stage, signedIn, people),
    refreshPath(stage, signedIn, people),
    loginPath(stage, accounts.slice(0, LOGIN_ACCOUNTS)),
    otpRequestPath(stage),
    otpVerifyPath(stage, PHONES.slice(0, signedIn.length)),
  ];
  await measureAll(options.peer ? await besidePeer(paths) : paths);
  const lists = listPaths(stage, ...accounts);
  if (lists.some(isWanted)) await fillTenant(accounts[0], PLAN.members);
  await measureAll(lists);
  const { peakKib } = await stage.product.usage();
  const starts = options.quick ? { external: null, embedded: null } : await stage.measureStarts();
  print(describeServer({ peakKib, starts }));
}

/** The same paths; what the peer has of them is compared as a floor is. */
async function besidePeer(paths) {
  const version = await stage.openPeer();
  const subjects = await stage.withPeerDatabase(async (client) => {
    const accounts = await registerPeerAccounts(stage.peer, PLAN.people, client);
    await checkPeer(stage.peer, accounts, client);
    return peerPaths(stage.peer, accounts);
  });
  return paths.map((path) => {
    const { title, ...subject } = subjects[path.key];
    const peer = {
      ...subject,
      title: `Better Auth ${version}: ${title}`,
      target: path.peerTarget,
      designMicros: null,
    };
    return { ...path, floors: [...path.floors, peer] };
  });
}

function isWanted({ key }) {
  return !options.only || options.only.split(',').includes(key);
}

async function measureAll(paths) {
  const plan = { ...PLAN, postmaster: stage.postgres.postmaster, signal: interruption.signal };
  for (const path of paths.filter(isWanted)) {
    interruption.signal.throwIfAborted();
    print(describePath(await measure(path, plan)));
  }
}

/** Members and events of the first account's tenant, among as many people and events of others. */
async function fillTenant(owner, members) {
  await stage.withDatabase(async (client) =>
    fill(client, { people: 2 * members, large: members, ...(await findTenant(client, owner)) }),
  );
}

async function measure(path, plan) {
  if (!options.profile) return measurePath(path, plan);
  await stage.product.ask('startProfile');
  const result = await measurePath(path, plan);
  await stage.product.ask('stopProfile', { file: join(resolve(options.profile), `${path.key}.cpuprofile`) });
  return result;
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

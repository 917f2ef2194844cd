import { createLimiter } from './limiter.js';
import { Observations } from './observations.js';
import { NOT_TRIED, NotTried } from './outcomes.js';
import { Scope } from './world/scope.js';

/** The most requests of one case, its clean-up included, unless it says otherwise; and of an area's set-up. */
const CASE_BUDGET = 45;
const SET_UP_BUDGET = 90;
/** After so long no further case begins. */
export const MAX_MINUTES = 20;

/** With one source address for all, cases would use up each other's limits: then they run one after the other. */
const AT_A_TIME = 8;

/** The most requests that these areas send. */
export function budgetOf(areas) {
  const ofCases = areas.flatMap(({ cases }) => cases).map(({ budget = CASE_BUDGET }) => budget);
  return ofCases.reduce((sum, budget) => sum + budget, areas.length * SET_UP_BUDGET);
}

/**
 * Runs the cases of these areas: in parallel, except for those that must be alone and run last. Returns the outcome
 * of each, in their order, and what could not be removed.
 */
export async function runAreas(world, areas, onOutcome) {
  const run = { world, onOutcome, left: [], deadline: Date.now() + MAX_MINUTES * 60_000 };
  const limit = createLimiter(world.addresses.isMany ? AT_A_TIME : 1);
  const opened = await Promise.all(areas.map((area) => limit(() => openArea(run, area))));
  const outcomes = new Map();
  const runOne = async ({ shared, failure }, one) => {
    outcomes.set(one.id, await runCase(run, one, { shared, failure }));
  };
  const all = opened.flatMap((area) => area.cases.map((one) => ({ area, one })));
  await Promise.all(
    all.filter(({ one }) => !one.alone).map(({ area, one }) => limit(() => runOne(area, one))),
  );
  for (const { area, one } of all.filter(({ one: { alone } }) => alone)) await runOne(area, one);
  for (const { scope } of opened) run.left.push(...(await scope.close()));
  return { outcomes: all.map(({ one }) => outcomes.get(one.id)), left: run.left };
}

/** What the cases of an area share, or why they cannot be tried. */
async function openArea({ world }, { name, setUp, cases }) {
  const scope = new Scope(world, `${name} set-up`, SET_UP_BUDGET);
  try {
    return { cases, scope, shared: await setUp?.(scope) };
  } catch (failure) {
    return { cases, scope, failure };
  }
}

async function runCase({ world, onOutcome, left, deadline }, one, { shared, failure }) {
  const { run, ...described } = one;
  const scope = new Scope(world, one.id, one.budget ?? CASE_BUDGET);
  const observations = new Observations();
  let problem = Date.now() > deadline ? new NotTried(`more than ${MAX_MINUTES} minutes are over`) : failure;
  try {
    if (!problem) await run(scope, observations, shared);
  } catch (error) {
    problem = error;
  }
  left.push(...(await scope.close()));
  const outcome = { ...described, ...outcomeOf(observations, problem), requests: scope.sent };
  onOutcome(outcome);
  return outcome;
}

/** An attack that got through counts so, whatever broke off afterwards. */
function outcomeOf(observations, problem) {
  if (observations.breaches.length > 0) return { outcome: observations.outcome, seen: observations.text };
  if (problem) {
    const isFault = !(problem instanceof NotTried);
    return { outcome: NOT_TRIED, seen: problem.message, ...(isFault && { brokeOff: true }) };
  }
  if (observations.seen.size === 0)
    return { outcome: NOT_TRIED, seen: 'nothing was observed', brokeOff: true };
  return { outcome: observations.outcome, seen: observations.text };
}

import { AREAS } from './cases/index.js';
import { confirmTarget } from './confirm.js';
import { HELP, parseOptions } from './options.js';
import { countsOf, findings, tableOf } from './report.js';
import { budgetOf, MAX_MINUTES, runAreas } from './run.js';
import { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { openWorld } from './world/open-world.js';

/** `npm run attack`: see docs/attack-pack.md. */
async function main(argv, terminal) {
  const options = parseOptions(argv);
  if (options.help) return print(HELP);
  if (options.list) return print(list(options));
  await confirmTarget(options.target, terminal);
  const started = Date.now();
  terminal.say(`Attacking ${options.target.origin}: ${scale(options.areas)}`);
  const world = await openWorld(options, credentialsFrom(terminal));
  const { outcomes, left } = await runAreas(world, options.areas, (outcome) => progress(terminal, outcome));
  left.push(...(await world.scope.close()));
  const seconds = Math.round((Date.now() - started) / 1000);
  const report = { target: options.target.origin, outcomes, counts: countsOf(outcomes), left };
  print(options.json ? JSON.stringify(report, null, 2) : tableOf({ ...report, sent: world.sent, seconds }));
  for (const finding of findings(outcomes)) terminal.say(finding);
  if (report.counts.gotThrough + report.counts.brokeOff > 0) process.exitCode = 1;
  else if (report.counts.tried === 0) process.exitCode = 2;
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

function scale(areas) {
  const [wanted, all] = [areas, AREAS].map((some) => some.reduce((sum, { cases }) => sum + cases.length, 0));
  return `${wanted} of ${all} cases, at most ${budgetOf(areas)} requests and ${MAX_MINUTES} minutes`;
}

function list({ areas, json }) {
  const cases = areas.flatMap((area) => area.cases);
  if (json) return JSON.stringify(cases, null, 2);
  return cases.map(({ id, title, recalls }) => `${id}\n  ${title}\n  recalls: ${recalls}`).join('\n');
}

function progress(terminal, { outcome, id }) {
  if (terminal.isInteractive) terminal.say(`  ${outcome.padEnd(11)} ${id}`);
}

/** Asked for only when needed, and never taken from the arguments. */
function credentialsFrom(terminal) {
  const read = (variable, question) => async () => {
    if (process.env[variable]) return process.env[variable];
    if (!terminal.isInteractive)
      throw new UsageError(`${variable} is not set, and there is no terminal to ask on`);
    return terminal.askHidden(question);
  };
  return {
    password: read('ATTACK_PASSWORD', 'Password of the owner: '),
    code: read('ATTACK_TOTP', 'Code of the authenticator: '),
  };
}

main(process.argv.slice(2), new Terminal()).catch((error) => {
  process.stderr.write(error instanceof UsageError ? `${error.message}\n` : `${error.stack}\n`);
  process.exitCode = 2;
});

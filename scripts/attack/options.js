import { AREAS } from './cases/index.js';
import { UsageError } from './usage-error.js';

export const HELP = `Attacks a running Gatehouse over HTTP, and reports what was refused and what got through.

  npm run attack -- --target URL [options]

  --target URL        the deployment; http://127.0.0.1:3000 by default
  --email ADDRESS     an owner's account there; without it, a new one is registered where that is allowed
  --tenant SLUG       the organisation to sign in to, where the owner has several
  --totp              the owner has a second factor: its code is asked for
  --may-register      may register throw-away tenants; always allowed on this machine
  --only AREA         one area, or several with commas: ${AREAS.map(({ name }) => name).join(', ')}
  --case ID           one case, or several with commas
  --wait SECONDS      the longest wait for an interval of the target: the grace period of a refresh token, or the time
                      between two messages to one recipient (61 for those); 12 by default
  --list              prints the cases, without running them
  --json              prints the report as JSON
  --help              prints this text

The password is read from ATTACK_PASSWORD, or asked for; the code from ATTACK_TOTP, or asked for. They are never
arguments, which other users of a machine can read. A host other than this machine is attacked only after its name has
been typed on the terminal.

Exit code: 0 everything that was tried was refused, 1 something got through or broke off, 2 nothing was tried.
`;

const FLAGS = new Set(['totp', 'may-register', 'list', 'json', 'help']);
const VALUES = new Set(['target', 'email', 'tenant', 'only', 'case', 'wait']);

/** The parsed options. Throws UsageError that names the error. */
export function parseOptions(argv) {
  const given = { target: 'http://127.0.0.1:3000', wait: '12' };
  for (let index = 0; index < argv.length; index += 1) {
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argv[index]) ?? [];
    if (FLAGS.has(name) && inline === undefined) given[name] = true;
    else if (VALUES.has(name)) given[name] = inline ?? argv[(index += 1)];
    else throw new UsageError(`There is no option ${argv[index]}. Try --help`);
    if (given[name] === undefined) throw new UsageError(`--${name} needs a value`);
  }
  return {
    ...given,
    target: targetOf(given.target),
    wait: secondsOf(given.wait),
    areas: areasOf(given),
  };
}

function targetOf(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError(`${text} is not an http(s) address`);
  if (url.username || url.password)
    throw new UsageError('The target contains a password: name the owner with --email');
  if (url.pathname !== '/' || url.search || url.hash)
    throw new UsageError('The target is an origin, without a path');
  return url;
}

function secondsOf(text) {
  if (!/^\d{1,3}$/.test(text)) throw new UsageError('--wait is a number of seconds below 1000');
  return Number(text);
}

/** The areas with the cases to run: those named, and those of an area that is named. */
function areasOf({ only, case: ids }) {
  const wanted = new Set([only, ids].flatMap((names) => names?.split(',') ?? []));
  if (wanted.size === 0) return AREAS;
  const known = new Set(AREAS.flatMap(({ name, cases }) => [name, ...cases.map(({ id }) => id)]));
  const unknown = [...wanted].find((name) => !known.has(name));
  if (unknown !== undefined) throw new UsageError(`There is no area and no case ${unknown}`);
  return AREAS.map((area) => ({
    ...area,
    cases: area.cases.filter(({ id }) => wanted.has(area.name) || wanted.has(id)),
  })).filter(({ cases }) => cases.length > 0);
}

import { makeExactValidator } from 'envalid';
import { splitWords } from './words.js';

/** Stands for `*` while the pattern is parsed as a URL, in which a host may not contain one. */
const WILDCARD = 'xn0wildcard';

const ORIGIN_FAULT =
  'must be origins, separated by commas: scheme, host and port, and nothing behind; `*` stands for a part of one label';

/** Below a country code, these are no registered name but a registry where anybody registers: `co.uk`, `com.au`. */
const REGISTRIES =
  /^((ac|asn|asso|co|com|edu|firm|gen|go|gob|gouv|gov|govt|gv|ind|ltd|mil|muni|ne|net|nhs|nic|nom|or|org|plc|sch|school)\.[a-z]{2}|id\.au|me\.uk)$/;

/** Where anybody gets a name, directly below. */
const SHARED_HOSTS = [
  ...[
    'app.github.dev',
    'appspot.com',
    'azureedge.net',
    'blogspot.com',
    'bolt.host',
    'cloudfront.net',
    'codeberg.page',
  ],
  ...[
    'csb.app',
    'deno.dev',
    'deno.net',
    'edgeone.app',
    'firebaseapp.com',
    'fly.dev',
    'github.io',
    'githubpreview.dev',
  ],
  ...[
    'gitlab.io',
    'gitpod.io',
    'glitch.me',
    'herokuapp.com',
    'loca.lt',
    'lovable.app',
    'myshopify.com',
    'netlify.app',
  ],
  ...[
    'ngrok.app',
    'ngrok.dev',
    'ngrok.io',
    'ngrok-free.app',
    'ngrok-free.dev',
    'now.sh',
    'ondigitalocean.app',
  ],
  ...[
    'onrender.com',
    'pages.dev',
    'railway.app',
    'readthedocs.io',
    'repl.co',
    'replit.app',
    'replit.dev',
    'stackblitz.io',
  ],
  ...[
    'statichost.page',
    'surge.sh',
    'trycloudflare.com',
    'up.railway.app',
    'vercel.app',
    'vercel.dev',
    'web.app',
  ],
  ...['webcontainer.io', 'wixsite.com', 'workers.dev', 'amplifyapp.com'],
];
/** Where anybody gets a name below a region or a service of the provider, too. */
const SHARED_REGIONS = [
  ...[
    'amazonaws.com',
    'azurestaticapps.net',
    'azurewebsites.net',
    'azurecontainerapps.io',
    'cloudapp.net',
    'azure.com',
  ],
  ...['elasticbeanstalk.com', 'on.aws', 'run.app', 'windows.net', 'digitaloceanspaces.com'],
];

/**
 * Origins as browsers send them: a final slash, capitals and the default port are removed. `*` stands for a part of one
 * label below a registered name, for preview deployments. `null` and `*` alone are refused, and what trusts everybody who
 * registers a name.
 */
export const origins = makeExactValidator<string[]>((input) => [
  ...new Set(splitWords(input).map(parseOrigin)),
]);

/** The patterns that trust pages of strangers: those at hosts that a provider gives to anybody. */
export function findSharedOrigins(given: readonly string[]): string[] {
  return given.filter((origin) => {
    const [label = '', ...labels] = (origin.split('://')[1] ?? '').replace(/\.?(:\d+)?$/, '').split('.');
    const parent = labels.join('.');
    const isBelow = (region: string) => parent === region || parent.endsWith(`.${region}`);
    return label.includes('*') && (SHARED_HOSTS.includes(parent) || SHARED_REGIONS.some(isBelow));
  });
}

function parseOrigin(word: string): string {
  const text = word.toLowerCase().replaceAll('*', WILDCARD);
  // Letters of every script: the URL has the form that browsers send
  if (!/^[a-z][a-z0-9+.-]*:\/\/[\p{L}\p{M}\p{N}.:[\]-]+\/?$/u.test(text) || !URL.canParse(text))
    throw new Error(ORIGIN_FAULT);
  const { protocol, host, hostname } = new URL(text);
  const labels = hostname.replace(/\.$/, '').split('.');
  const patterns = labels.filter((label) => label.includes(WILDCARD));
  if (patterns.length > 1 || (patterns.length === 1 && (labels[0] !== patterns[0] || labels.length < 3))) {
    throw new Error(ORIGIN_FAULT);
  }
  const parent = labels.slice(1).join('.');
  if (patterns.length === 1 && REGISTRIES.test(parent))
    throw new Error(
      `must not trust everybody who registers a name below ${parent}: \`*\` stands below one of your own`,
    );
  return `${protocol}//${host}`.replaceAll(WILDCARD, '*');
}

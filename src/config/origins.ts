import { createRequire } from 'node:module';
import { makeExactValidator } from 'envalid';
import type * as tldts from 'tldts';
import { splitWords } from './words.js';

/** Stands for `*` while the pattern is parsed as a URL, in which a host may not contain one. */
const WILDCARD = 'xn0wildcard';

const ORIGIN_FAULT =
  'must be origins, separated by commas: scheme, host and port, and nothing behind; `*` stands for a part of one label';

const require = createRequire(import.meta.url);

/** Whether everybody may register a name directly below, by the Public Suffix List: at a registry, or at a provider, too. */
function isOpenToAll(host: string, { atProviders }: { atProviders: boolean }): boolean {
  // Loaded for patterns only: the list is large
  const { getPublicSuffix } = require('tldts') as typeof tldts;
  return getPublicSuffix(host, { allowPrivateDomains: atProviders }) === host;
}

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
  return given.filter(
    (origin) => origin.includes('*') && isOpenToAll(parentOf(origin), { atProviders: true }),
  );
}

/** What is behind the first label of the host, without the port. */
const parentOf = (origin: string): string => origin.replace(/\.?(:\d+)?$/, '').replace(/^[^.]*\./, '');

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
  if (patterns.length === 1 && isOpenToAll(parent, { atProviders: false }))
    throw new Error(
      `must not trust everybody who registers a name below ${parent}: \`*\` stands below one of your own`,
    );
  return `${protocol}//${host}`.replaceAll(WILDCARD, '*');
}

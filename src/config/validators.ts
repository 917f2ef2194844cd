import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { makeExactValidator } from 'envalid';
import { isSupportedCountry } from 'libphonenumber-js';
import { canonicalPhone } from '../common/identifiers.js';
import { parseMailbox, writeMailbox } from '../common/mailbox.js';
import { parseNetwork } from '../common/network.js';
import { isVisible } from '../common/visible-text.js';
import { parseSmsUrl, type SmsProvider } from './sms-provider.js';
import { splitWords } from './words.js';

interface Bounds {
  min?: number;
  max?: number;
  default?: number;
  example?: string;
}

function wholeNumber(input: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds): number {
  const value = Number(input);
  if (!/^[+-]?\d+$/.test(input) || !Number.isSafeInteger(value)) throw new Error('must be a whole number');
  if (value < min || value > max) throw new Error(`must be between ${min} and ${max}`);
  return value;
}

/** A whole number; both bounds are allowed. */
export const integer = ({ min, max, ...spec }: Bounds & { default: number }) =>
  wholeNumbers({ min, max })(spec);

const wholeNumbers = (bounds: Bounds) => makeExactValidator<number>((input) => wholeNumber(input, bounds));

const YES = ['true', 't', 'yes', 'on', '1'];
const NO = ['false', 'f', 'no', 'off', '0'];

/** Yes or no, in the words and the letters that other programs take. */
export const flag = makeExactValidator<boolean>((input) => {
  const word = input.toLowerCase();
  if (![...YES, ...NO].includes(word)) throw new Error('must be true or false');
  return YES.includes(word);
});

/** One of these words, in capitals or not. */
export const choice = <Word extends string>(choices: readonly Word[]) =>
  makeExactValidator<Word>((input) => {
    const word = findChoice(choices, input);
    if (word === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return word;
  });

function findChoice<Word extends string>(choices: readonly Word[], given: string): Word | undefined {
  return choices.find((one) => one.toLowerCase() === given.toLowerCase());
}

/** Of what there is: from 0 to 1. */
export const ratio = makeExactValidator<number>((input) => {
  const value = Number(input);
  if (!(value >= 0 && value <= 1)) throw new Error('must be a number from 0 to 1');
  return value;
});

/** A duration in whole seconds; by default between 1 second and 400 days. */
export const seconds = ({ min = 1, max = 400 * 86_400, ...spec }: Bounds & { default: number }) =>
  integer({ min, max, ...spec });

/** As `seconds`, without a default. */
export const optionalSeconds = ({ min = 1, max = 400 * 86_400, example }: Bounds) =>
  wholeNumbers({ min, max })({ default: undefined, example });

export const optionalInteger = ({ min, max, example }: Bounds) =>
  wholeNumbers({ min, max })({ default: undefined, example });

/** 32 random bytes in base64. The value stays text: the keyring decodes it. */
export const base64Key = makeExactValidator<string>((input) => {
  if (Buffer.from(input, 'base64').length !== 32) throw new Error('must be 32 bytes in base64');
  return input;
});

/** Date makes the third of March of the 31st of February. */
function isDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** RFC 3339 §5.6, with its offset from UTC. Null for anything else. */
export function readTime(input: string): Date | null {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(input);
  const time = new Date(isTime && isDay(input.slice(0, 'YYYY-MM-DD'.length)) ? input : NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}

export const time = makeExactValidator<Date>((input) => {
  const read = readTime(input);
  if (!read) throw new Error('must be a time with its offset from UTC');
  return read;
});

/** RFC 6750 §2.1: clients could not send a token with other characters. */
export const bearerToken = makeExactValidator<string>((input) => {
  if (!/^[\w~+/.-]+=*$/.test(input) || input.length < 16)
    throw new Error('must be at least 16 characters, from A-Z, a-z, 0-9 and -._~+/');
  return input;
});

function withScheme(input: string, ...schemes: string[]): string {
  if (!URL.canParse(input)) throw new Error('must be a URL');
  // The parser would leave them out
  if (/\p{Cc}/u.test(input)) throw new Error('must be a URL in one line');
  const scheme = new URL(input).protocol.slice(0, -1);
  if (!schemes.includes(scheme)) throw new Error(`must start with ${schemes.join(':// or ')}://`);
  const { username, password, pathname } = new URL(input);
  if (![username, password, pathname].every(isEncoded)) throw new Error('must contain % as %25');
  return input;
}

function isEncoded(part: string): boolean {
  try {
    return decodeURIComponent(part) !== null;
  } catch {
    return false;
  }
}

/** A web address for links: nothing in it may change what is appended. */
export const webUrl = makeExactValidator<string>(parseWebUrl);

function parseWebUrl(input: string): string {
  const url = new URL(withScheme(input, 'http', 'https'));
  if (url.search !== '' || url.hash !== '') throw new Error('must have no query and no fragment');
  if (url.username !== '' || url.password !== '') throw new Error('must have no user name and no password');
  // As browsers write it: small letters, no default port, no empty query or fragment
  return url.origin + (url.pathname === '/' ? '' : url.pathname);
}

/** As `webUrl`, at the root of its host. */
export const rootUrl = makeExactValidator<string>((input) => {
  const url = parseWebUrl(input);
  if (url !== new URL(url).origin)
    throw new Error('must have no path: Gatehouse is served at the root of a host');
  return url;
});

function withHost(input: string, ...schemes: string[]): string {
  const value = withScheme(input, ...schemes);
  if (new URL(value).hostname === '') throw new Error('must name a host');
  return value;
}

/** Its path is the number of a database. */
export const redisUrl = makeExactValidator<string>((input) => {
  const value = withHost(input, 'redis', 'rediss');
  if (!/^\/?\d*$/.test(new URL(value).pathname))
    throw new Error('must have no path but the number of a database');
  return value;
});

/** An address or a name to listen at. */
export const listenHost = makeExactValidator<string>((input) => {
  const host = input.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host))
    throw new Error('must be an address of this machine or its name, without a scheme and a port');
  return host;
});

/** One sender: an address, or a name and the address in angle brackets. The name is in quotes where it has to be. */
export const mailbox = makeExactValidator<string>((input) => writeMailbox(parseMailbox(input)));

/** A full host name, or an address literal (RFC 5321 §4.1.3). */
export const hostName = makeExactValidator<string>((input) => {
  if (!/^(\[[\da-f.:]+\]|[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*)$/i.test(input))
    throw new Error('must be a host name without a scheme and a port, or an IP address in brackets');
  return input;
});

/** The name that authenticator apps show. In an `otpauth` URI, a colon separates it from the account. */
export const issuer = makeExactValidator<string>((input) => {
  if (input.includes(':'))
    throw new Error('must not contain a colon: authenticator apps would cut it off there');
  if (!isVisible(input)) throw new Error('must be one line without invisible characters');
  return input;
});

/** Parameters that the driver would prefer to the settings of the server, and the variables that set them. */
const OWN_SETTINGS: Record<string, string> = {
  statement_timeout: 'DATABASE_TIMEOUT_SECONDS',
  query_timeout: 'DATABASE_TIMEOUT_SECONDS',
  lock_timeout: 'DATABASE_LOCK_SECONDS',
  idle_in_transaction_session_timeout: 'DATABASE_IDLE_SECONDS',
  connectionTimeoutMillis: 'DATABASE_CONNECT_SECONDS',
  max: 'DATABASE_POOL_SIZE',
};

/** Refuses, by name, a parameter that sets what a variable of its own sets. */
export const postgresUrl = makeExactValidator<string>((input) => {
  const value = withScheme(input, 'postgres', 'postgresql');
  for (const name of new URL(value).searchParams.keys()) {
    const variable = OWN_SETTINGS[name];
    if (variable !== undefined) throw new Error(`must not contain ${name}: set ${variable} instead`);
  }
  return value;
});
/** `none` says that no mail is sent. */
export const smtpUrl = makeExactValidator<string>((input) =>
  input.toLowerCase() === 'none' ? 'none' : withHost(input, 'smtp', 'smtps'),
);
export const smsUrl = makeExactValidator<SmsProvider>(parseSmsUrl);

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'] as const;

/** Addresses, CIDR blocks, and the names of blocks that Fastify knows. A block of all addresses is refused. */
export const networks = makeExactValidator<string[]>((input) => {
  const given = splitWords(input).map((word) => findChoice(NAMED_NETWORKS, word) ?? word);
  if (!given.every(isNetwork))
    throw new Error('must be addresses or CIDR blocks, separated by commas, and not every address there is');
  return given;
});

function isNetwork(word: string): boolean {
  const [address = '', length, ...more] = word.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0) return findChoice(NAMED_NETWORKS, word) !== undefined;
  if (more.length > 0 || (length !== undefined && !(/^\d{1,3}$/.test(length) && +length <= bits)))
    return false;
  return prefixOf(word) >= 1;
}

/** How many bits of an address the block decides; of an IPv4-mapped block, those of the IPv4 block that it is. */
export function prefixOf(block: string): number {
  const [address = '', length] = block.split('/');
  return parseNetwork(block)?.prefix ?? Number(length ?? (isIP(address) === 4 ? 32 : 128));
}

/** Comma-separated words; if `choices` are given, each word must be one of them. */
export const list = ({
  choices,
  ...spec
}: {
  choices?: readonly string[];
  default: string[];
  example: string;
}) =>
  makeExactValidator<string[]>((input) => {
    const given = [...new Set(splitWords(input).map((word) => findChoice(choices ?? [], word) ?? word))];
    const unknown = choices && given.find((word) => !choices.includes(word));
    if (unknown !== undefined) throw new Error(`knows no "${unknown}"; choose from ${choices?.join(', ')}`);
    return given;
  })(spec);

/** ISO 3166-1 alpha-2 codes, separated by commas. */
export const countries = makeExactValidator<ReadonlySet<string>>((input) => {
  const codes = input.split(',').map((code) => code.trim().toUpperCase());
  const unknown = codes.find((code) => !isSupportedCountry(code));
  if (unknown !== undefined) throw new Error(`knows no country "${unknown}"; give ISO codes like IN,GB`);
  return new Set(codes);
});

/** Phone numbers in canonical form, each with its fixed one-time code. */
export const testNumbers = makeExactValidator<ReadonlyMap<string, string>>((input) => {
  const pairs = input.split(',').filter((pair) => pair.trim() !== '');
  return new Map(
    pairs.map((pair): [string, string] => {
      const [number = '', code = ''] = pair.split(':').map((part) => part.trim());
      const phone = canonicalPhone(number);
      if (!phone || !/^\d{6}$/.test(code))
        throw new Error('must be numbers with their codes of six digits, separated by commas');
      return [phone, code];
    }),
  );
});

const MAX_WORKERS = 64;

/** A number of processes; `auto` is one for each core that this process may use. */
export const workers = makeExactValidator<number>((input) => {
  if (input.toLowerCase() === 'auto') return Math.min(MAX_WORKERS, availableParallelism());
  if (!/^\d{1,2}$/.test(input) || Number(input) < 1 || Number(input) > MAX_WORKERS)
    throw new Error(`must be auto, or a whole number from 1 to ${MAX_WORKERS}`);
  return Number(input);
});

import { isIPv4 } from 'node:net';
import { cleanEnv } from 'envalid';
import { isLoopback } from '../common/host.js';
import { PRODUCT_PROBLEMS, PRODUCTS } from '../common/products/products.js';
import { findAudienceFaults, mergeAudiences } from './product-audiences.js';
import { findWeaknesses } from './production.js';
import { findRetentionConflicts } from './retention-variables.js';
import { isReadableInTransit } from './sms-provider.js';
import { SECRETS, VARIABLES } from './variables.js';

/** The validated environment, under the names of the variables, and the values derived from it. */
export type Config = Readonly<
  ReturnType<typeof parse> & {
    isProduction: boolean;
    /** Null: no mail is sent. */
    smtpUrl: string | null;
    /** What this server calls itself to SMTP servers. */
    smtpName: string;
    /** The issuer of tokens, without a trailing slash. Never taken from a request. */
    publicUrl: string;
    /** The base of every link in a message, without a trailing slash. */
    appUrl: string;
    docsEnabled: boolean;
    shutdownDelaySeconds: number;
  }
>;

export const CONFIG = Symbol('Config');

/** Leaves enough of the 160 characters of an SMS for the path, the secret and a few words. */
const MAX_APP_URL_IN_SMS = 80;

/** Reports every fault of the environment at once; each line names the variable, the fault and a valid example. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not usable:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
}

const REQUIRED = ['SECRET_KEY', 'DATABASE_URL'] as const;
/** What a server in production would otherwise guess, and print into tokens and messages. */
const REQUIRED_TO_SERVE = ['PUBLIC_URL', 'APP_URL', 'SMTP_URL'] as const;

/**
 * Reads and validates the environment. Throws ConfigError with all faults. Programs that serve no requests need fewer
 * variables in production.
 */
export function loadConfig(environment: NodeJS.ProcessEnv, { serves = true } = {}): Config {
  const set = readSet(environment);
  const problems: string[] = [];
  const values = parse(set, problems);
  const isProduction = values.NODE_ENV === 'production';
  if (isProduction) problems.push(...findMissing([...REQUIRED, ...(serves ? REQUIRED_TO_SERVE : [])], set));
  const local = `http://127.0.0.1:${values.PORT}`;
  problems.push(...findConflicts(values, isProduction), ...PRODUCT_PROBLEMS);
  problems.push(...findAudienceProblems(values, values.PUBLIC_URL ?? local));
  if (problems.length > 0) throw new ConfigError(problems);

  return Object.freeze({
    ...values,
    PRODUCT_AUDIENCES: mergeAudiences(PRODUCTS, values.PRODUCT_AUDIENCES),
    isProduction,
    publicUrl: trimSlash(values.PUBLIC_URL ?? local),
    appUrl: trimSlash(values.APP_URL ?? local),
    smtpUrl: values.SMTP_URL === 'none' ? null : (values.SMTP_URL ?? null),
    smtpName: values.SMTP_NAME ?? smtpNameOf(new URL(values.PUBLIC_URL ?? local)),
    docsEnabled: values.DOCS_ENABLED ?? !isProduction,
    // Load balancers learn of the end of a server by its readiness
    shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS ?? (isProduction ? 5 : 0),
  });
}

/**
 * What is set, without the blanks and line breaks that templates, editors and mounted files leave around a value. An empty
 * value counts as none.
 */
function readSet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const read = Object.entries(environment).map(([name, value = '']) => [
    name,
    SECRETS.has(name) ? value.replace(/[\r\n]+$/, '') : value.trim(),
  ]);
  return Object.fromEntries(read.filter(([, value]) => value?.trim() !== '')) as NodeJS.ProcessEnv;
}

function parse(environment: NodeJS.ProcessEnv, problems: string[]) {
  const values = cleanEnv(environment, VARIABLES, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors)) problems.push(problemOf(name, reason(error)));
    },
  });
  return { ...values };
}

function findConflicts(values: ReturnType<typeof parse>, isProduction: boolean): string[] {
  const problems: string[] = [];
  if (isProduction && values.THROTTLE_ENABLED === false) {
    problems.push(problemOf('THROTTLE_ENABLED', 'may not be false in production', 'true'));
  }
  if (isProduction && values.OTP_TEST_NUMBERS?.size > 0 && !values.OTP_TEST_NUMBERS_IN_PRODUCTION) {
    const fault =
      'lets anybody who knows its codes sign in: production requires OTP_TEST_NUMBERS_IN_PRODUCTION=true with it';
    problems.push(problemOf('OTP_TEST_NUMBERS', fault, '(none)'));
  }
  if (values.SIGNING_ALG === 'HS256' && (values.JWT_SECRET?.length ?? 0) < 32) {
    problems.push(problemOf('JWT_SECRET', 'needs at least 32 characters where SIGNING_ALG is HS256'));
  }
  if (isProduction) {
    problems.push(
      ...findWeaknesses(values).map(({ name, fault, example }) => problemOf(name, fault, example)),
    );
  } else if (values.HOST && !isLoopback(values.HOST) && !values.ALLOW_DEVELOPMENT_ON_NETWORK) {
    const fault =
      'lets the network read every code and link that is sent, through /dev: set NODE_ENV=production, or ' +
      'ALLOW_DEVELOPMENT_ON_NETWORK=true if that is intended, or listen on this machine only';
    problems.push(problemOf('HOST', fault, '127.0.0.1'));
  }
  if (values.HTTP_HEADERS_SECONDS > values.HTTP_REQUEST_SECONDS) {
    problems.push(
      problemOf('HTTP_HEADERS_SECONDS', 'may not be above HTTP_REQUEST_SECONDS, of which it is a part'),
    );
  }
  problems.push(...findRetentionConflicts(values).map(({ name, fault }) => problemOf(name, fault)));
  problems.push(...findSmsConflicts(values, isProduction));
  return problems;
}

function findAudienceProblems(
  { PRODUCT_AUDIENCES: given = new Map() }: Partial<ReturnType<typeof parse>>,
  publicUrl: string,
): string[] {
  // A file with a fault would look like a product that does not exist
  if (PRODUCT_PROBLEMS.length > 0) return [];
  return findAudienceFaults(PRODUCTS, given, publicUrl).map(({ product, fault }) =>
    given.has(product)
      ? problemOf('PRODUCT_AUDIENCES', fault, `${product}=https://${product}.example.com`)
      : `${product}.json /audience ${fault}. Example: "https://${product}.example.com"`,
  );
}

function findMissing(names: readonly string[], set: NodeJS.ProcessEnv): string[] {
  return names
    .filter((name) => set[name] === undefined)
    .map((name) => {
      const others = name === 'SMTP_URL' ? '; "none" says that no mail is sent' : '';
      return problemOf(name, `is required in production${others}`);
    });
}

function findSmsConflicts(values: ReturnType<typeof parse>, isProduction: boolean): string[] {
  const { SMS_URL: provider, SMS_WEBHOOK_SECRET: secret } = values;
  if (!provider) return [];
  const problems: string[] = [];
  if (provider.kind === 'webhook' && (secret?.length ?? 0) < 32) {
    problems.push(problemOf('SMS_WEBHOOK_SECRET', 'needs at least 32 characters where SMS_URL is a webhook'));
  }
  if (isProduction && isReadableInTransit(provider)) {
    problems.push(problemOf('SMS_URL', 'may not be plain HTTP in production, except to this machine'));
  }
  if ((values.APP_URL?.length ?? 0) > MAX_APP_URL_IN_SMS) {
    const fault = `must be at most ${MAX_APP_URL_IN_SMS} characters where SMS_URL is set, to fit into one SMS`;
    problems.push(problemOf('APP_URL', fault));
  }
  return problems;
}

/** One line of a ConfigError. */
export function problemOf(name: string, fault: string, example?: string): string {
  const spec = VARIABLES[name as keyof typeof VARIABLES] as { example?: string };
  return `${name} ${fault}. Example: ${name}=${example ?? spec.example ?? ''}`;
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : 'is not valid';
  return /^(must|knows|needs)/.test(message) ? message : `is not valid: ${message}`;
}

/** RFC 5321 §4.1.3: addresses stand in brackets. */
function smtpNameOf({ hostname }: URL): string {
  if (hostname.startsWith('[')) return `[IPv6:${hostname.slice(1)}`;
  return isIPv4(hostname) ? `[${hostname}]` : hostname;
}

function trimSlash(base: string): string {
  return base.replace(/\/+$/, '');
}

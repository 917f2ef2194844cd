import { basename } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { canonicalEmail } from '../../common/email-address.js';
import { canonicalPhone } from '../../common/identifiers.js';
import { readTextFile } from '../../common/text-file.js';
import { ConfigError } from '../../config/config.js';
import { isKeyText, newKeyText } from '../api-keys/key-text.js';
import { FORMATS } from '../people-import/record-parser.js';
import { numbersOf } from './number-range.js';
import type { Seed } from './seed.js';
import { findBrokenReferences, type SeedProblem } from './seed-references.js';
import { SEED_SCHEMA } from './seed-schema.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_PROBLEMS = 20;

/** One file is validated, while a server starts: compiling costs more than that. A test validates the schema itself. */
const COMPILE_FAST = { validateSchema: false, code: { optimize: false } };

const ajv = new Ajv({
  ...COMPILE_FAST,
  allErrors: true,
  verbose: true,
  strictRequired: false,
  formats: {
    ...FORMATS,
    uuid: UUID,
    'api-key': isKeyText,
    'number-range': (text: string) => numbersOf(text).length > 0,
  },
});
const validate = ajv.compile(SEED_SCHEMA);

/** Throws ConfigError, which names each mistake by its path in the file, with an example. */
export function readSeed(file: string): Seed {
  const content = parse(file);
  if (!validate(content)) throw refused(file, problemsOf(validate.errors ?? []));
  const seed = toSeed(content);
  const broken = findBrokenReferences(seed);
  if (broken.length > 0) throw refused(file, broken);
  return seed;
}

type SeedFile = Partial<Omit<Seed, 'codes'>> & { oneTimeCodes?: { numbers: string; code: string }[] };

/** ConfigError with the mistakes of a seed file. */
export function refused(file: string, problems: SeedProblem[]): ConfigError {
  return new ConfigError(
    problems.slice(0, MAX_PROBLEMS).map(({ path, detail, example }) => {
      const member = path.split('/').at(-1) ?? '';
      const name = member === '' || /^\d+$/.test(member) ? '' : `"${member}": `;
      const hint = example === undefined ? '' : `. Example: ${name}${JSON.stringify(example)}`;
      return `${basename(file)} ${path || '/'} ${detail}${hint}`;
    }),
  );
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readTextFile(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const detail = code === undefined ? `is not JSON: ${message}` : `cannot be read (${code})`;
    throw new ConfigError([
      `${file} ${detail}. Example: --seed demo.json with {"tenants": [], "people": []}`,
    ]);
  }
}

function toSeed({
  tenants = [],
  people = [],
  apiKeys = [],
  serviceAccounts = [],
  oneTimeCodes = [],
}: SeedFile): Seed {
  const inCanonicalForm = <T extends { id?: string; email?: string; phone?: string }>(one: T): T => ({
    ...one,
    ...(one.id !== undefined && { id: one.id.toLowerCase() }),
    ...(one.email !== undefined && { email: canonicalEmail(one.email) ?? one.email }),
    ...(one.phone !== undefined && { phone: canonicalPhone(one.phone) ?? one.phone }),
  });
  return {
    tenants: tenants.map(inCanonicalForm),
    people: people.map(inCanonicalForm),
    apiKeys: apiKeys.map(inCanonicalForm),
    serviceAccounts: serviceAccounts.map(inCanonicalForm),
    codes: new Map(oneTimeCodes.flatMap(({ numbers, code }) => numbersOf(numbers).map((one) => [one, code]))),
  };
}

/** An error of an alternative says less than that of its member; of a member with several, the first is told. */
function problemsOf(errors: ErrorObject[]): SeedProblem[] {
  const told = new Map<string, SeedProblem>();
  for (const error of errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')) {
    const problem = describe(error);
    if (!told.has(problem.path)) told.set(problem.path, problem);
  }
  return [...told.values()];
}

function describe({
  instancePath,
  keyword,
  message = '',
  params,
  parentSchema = {},
}: ErrorObject): SeedProblem {
  const { additionalProperty, missingProperty, allowedValues, format } = params as Record<string, string>;
  const properties = (parentSchema as { properties?: Record<string, object> }).properties ?? {};
  if (keyword === 'additionalProperties') {
    const path = `${instancePath}/${String(additionalProperty).slice(0, 40)}`;
    return { path, detail: `is not known here: ${Object.keys(properties).join(', ')} are` };
  }
  if (keyword === 'required')
    return {
      path: `${instancePath}/${missingProperty}`,
      detail: 'is missing',
      example: exampleOf(properties[String(missingProperty)]),
    };
  if (keyword === 'enum') {
    const [first] = allowedValues as unknown as unknown[];
    return { path: instancePath, detail: `must be one of ${JSON.stringify(allowedValues)}`, example: first };
  }
  if (format === 'api-key') {
    const detail = 'must have the form and the checksum of an API key';
    return { path: instancePath, detail, example: newKeyText().text };
  }
  return { path: instancePath, detail: message, example: exampleOf(parentSchema) };
}

function exampleOf(schema: object | undefined): unknown {
  return (schema as { examples?: unknown[] } | undefined)?.examples?.[0];
}

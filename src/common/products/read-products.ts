import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { canonicalLocale } from '../locale.js';
import { readTextFile } from '../text-file.js';
import { CONTRACT_NAMES, type Product, type ProductFile } from './product.js';
import { findFaults, findSharedPaths } from './product-rules.js';

type Languages = Record<string, Record<string, string>>;

const SCHEMA = fileURLToPath(new URL('../../../products/schema/product.schema.json', import.meta.url));

/** Few files are validated, at every start: compiling costs more than validating. A test validates the schema itself. */
const COMPILE_FAST = { validateSchema: false, inlineRefs: false, code: { optimize: false } };

export interface ProductFiles {
  products: Product[];
  languages: Languages;
  problems: string[];
}

/**
 * Reads `<product>.json` and `languages/<tag>.json` of a folder. A file with a fault is left out, and each of its faults
 * reported with the path inside the file and a valid example.
 */
export function readProducts(folder: string): ProductFiles {
  const problems: string[] = [];
  const ajv = new Ajv2020({ ...COMPILE_FAST, allErrors: true, verbose: true, strict: false });
  ajv.addSchema(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object, 'product');
  const read = <Content>(path: string, schema: string) => {
    const content = parse(path, problems);
    const faults = content === undefined ? [] : check(ajv.getSchema(schema), content);
    problems.push(...faults.map((fault) => `${path}${fault}`));
    return content === undefined || faults.length > 0
      ? []
      : [[basename(path, '.json'), content as Content] as const];
  };
  const products = filesIn(folder, problems).flatMap((path) => {
    return read<ProductFile>(path, 'product').flatMap(([key, file]) => {
      const faults = findFaults(key, file);
      problems.push(...faults.map((fault) => `${path}${fault}`));
      const messages =
        file.messages && byLanguage(Object.entries(file.messages), `${path} /messages`, problems);
      return faults.length > 0 ? [] : [{ ...file, ...(messages && { messages }), key }];
    });
  });
  const languageFolder = join(folder, 'languages');
  const texts = existsSync(languageFolder) ? filesIn(languageFolder, problems) : [];
  const languages = byLanguage(
    texts.flatMap((path) => read<Languages[string]>(path, 'product#/$defs/texts')),
    languageFolder,
    problems,
  );
  if (problems.length === 0)
    problems.push(...findSharedPaths(products).map((fault) => `${folder}: ${fault}`));
  return { products: products.sort(byContract), languages, problems };
}

/**
 * The texts by their languages' tags in the form in which readers are asked for: `pt_br` is `pt-BR`. A name that is no tag
 * is reported, and so is another way to write one that is there: nobody would ever read its texts.
 */
function byLanguage(
  texts: Iterable<readonly [string, Languages[string]]>,
  where: string,
  problems: string[],
): Languages {
  const languages = new Map<string, Languages[string]>();
  for (const [written, content] of texts) {
    const tag = canonicalLocale(written);
    if (tag === null)
      problems.push(`${where}: ${JSON.stringify(written)} is no language tag. Example: pt-BR`);
    else if (languages.has(tag))
      problems.push(`${where}: ${JSON.stringify(written)} is ${tag}, which is there already. Example: pt-BR`);
    else languages.set(tag, content);
  }
  return Object.fromEntries(languages);
}

function filesIn(folder: string, problems: string[]): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    problems.push(
      `PRODUCTS_DIR must be a readable folder: ${(error as Error).message}. Example: PRODUCTS_DIR=/etc/gatehouse/products`,
    );
    return [];
  }
}

function parse(path: string, problems: string[]): unknown {
  try {
    return JSON.parse(readTextFile(path));
  } catch (error) {
    problems.push(`${path} is not JSON: ${(error as Error).message}. Example: {"name": "Smile Clinic"}`);
    return undefined;
  }
}

function check(validate: ValidateFunction | undefined, content: unknown): string[] {
  if (!validate) throw new Error('The schema of products lacks a part');
  return validate(content) ? [] : (validate.errors ?? []).map(describe);
}

/** The example of the part that is wrong, which the schema has for every part. */
function describe({ instancePath, message, params, parentSchema }: ErrorObject): string {
  const { additionalProperty, propertyName, allowedValues } = params as Record<string, unknown>;
  const what = [additionalProperty ?? propertyName, allowedValues].filter((word) => word !== undefined);
  const example = (parentSchema as { examples?: unknown[] } | undefined)?.examples?.[0];
  const detail = what.length > 0 ? ` (${what.map((word) => JSON.stringify(word)).join(', ')})` : '';
  const shown = example === undefined ? '' : `. Example: ${JSON.stringify(example)}`;
  return ` ${instancePath || '/'} ${message ?? 'is not valid'}${detail}${shown}`;
}

function byContract(a: Product, b: Product): number {
  const rank = ({ contract }: Product) => CONTRACT_NAMES.indexOf(contract);
  const isOwn = ({ key, contract }: Product) => Number(key === contract);
  return rank(a) - rank(b) || isOwn(b) - isOwn(a) || a.key.localeCompare(b.key, 'en');
}

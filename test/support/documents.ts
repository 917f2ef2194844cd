import { readdirSync, readFileSync } from 'node:fs';
import { requestPath } from '../../src/contracts/shared/request-path.js';
import type { Schema } from './conforms.js';
import type { OpenApiDocument, PlacedOperation } from './openapi.js';
import { operationsInPageOrder } from './openapi.js';

export interface Contract {
  name: string;
  document: OpenApiDocument;
  operations: PlacedOperation[];
}

/** The committed documents; test/structure verifies that the code serves the same. */
export const CONTRACTS: readonly Contract[] = readdirSync('openapi')
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const document = JSON.parse(readFileSync(`openapi/${file}`, 'utf8')) as OpenApiDocument;
    return { name: file.replace(/\.json$/, ''), document, operations: operationsInPageOrder(document) };
  });

export function contractOf(name: string): Contract {
  const contract = CONTRACTS.find((one) => one.name === name);
  if (!contract) throw new Error(`There is no contract ${name}`);
  return contract;
}

export interface Found {
  contract: Contract;
  operation: PlacedOperation;
}

/** The operation that documents this path, if there is one. */
export function findOperation(method: string, path: string): Found | null {
  const address = requestPath(path);
  const found = PATTERNS.filter(
    ({ operation, pattern }) => operation.method === method && pattern.test(address),
  );
  // A literal segment takes precedence over a parameter
  return found.toSorted((a, b) => countOf(a.operation.path) - countOf(b.operation.path))[0] ?? null;
}

const countOf = (template: string): number => template.split('{').length;

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`, 's');
}

const PATTERNS = CONTRACTS.flatMap((contract) =>
  contract.operations.map((operation) => ({ contract, operation, pattern: patternOf(operation.path) })),
);

/** As far as it is possible. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface Dialect {
  contract: Contract;
  mediaType: string;
  schema: Schema;
}

/** The error format of a contract, without the codes of an operation: every operation has a 400 of that shape. */
export function dialectOf(contract: Contract): Dialect {
  const [content] = Object.entries(contract.operations[0]?.responses['400']?.content ?? {});
  if (!content) throw new Error(`${contract.name} documents no error response`);
  const [mediaType, { schema }] = content;
  return { contract, mediaType, schema: schema.allOf?.[0] ?? schema };
}

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ERROR_CATALOGUE } from '../../src/common/error-catalogue.js';
import { PASSWORD_PROBLEMS } from '../../src/modules/passwords/passwords.errors.js';
import type { Schema, Schemas } from '../support/conforms.js';
import { findSchemaFaults } from '../support/conforms.js';
import { isForKeys, type OpenApiDocument, operationsInPageOrder } from '../support/openapi.js';

const FILES = readdirSync('openapi').filter((name) => name.endsWith('.json'));

/** Responses that are not a JSON document. */
const MEDIA_TYPES: Record<string, string> = {
  exportAuditEvents: 'application/x-ndjson',
  getMetrics: 'text/plain',
};

it('the committed documents are those of the built code', async () => {
  const check = promisify(execFile)(process.execPath, ['dist/openapi.js', '--check']);
  const outcome = await check.then(
    ({ stdout }) => stdout.trim(),
    (error: { stderr: string }) => error.stderr.trim(),
  );
  expect(outcome).toBe('The documents are up to date.');
});

describe.each(FILES)('openapi/%s', (file) => {
  const text = readFileSync(`openapi/${file}`, 'utf8');
  const document = JSON.parse(text) as OpenApiDocument;
  const operations = operationsInPageOrder(document);
  const named = operations.map((operation) => [operation.operationId, operation] as const);

  it('has every operation in a section, and no section without one', () => {
    const paths = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
    expect(operations).toHaveLength(paths.length);
    const used = new Set(operations.flatMap(({ tags }) => tags));
    expect([...used]).toEqual(document.tags.map(({ name }) => name));
    for (const { description } of document.tags) expect(description).not.toBe('');
  });

  it('names every operation once, in words that a client generator can use', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
  });

  it('gives the value of every setting that a text depends on', () => {
    expect(text).not.toMatch(/\{[A-Z][A-Z0-9_]+(:\w+)?\}/);
  });

  it('has no dangling reference', () => {
    const references = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const target = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect({ reference, found: target !== undefined }).toEqual({ reference, found: true });
    }
  });

  it('is OpenAPI 3.1 of this release, with null as a type', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { version, license: { identifier: 'Apache-2.0' } },
      servers: [{ url: '/' }],
    });
    expect(text).not.toContain('"nullable"');
  });

  it('admits no other members in requests, and leaves responses open for those of later releases', () => {
    const { schemas } = document.components;
    const bodies = operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}));
    const requests = reachable(schemas, JSON.stringify(bodies));
    const closed = Object.keys(schemas).filter((name) => schemas[name]?.additionalProperties === false);
    expect(closed.sort()).toEqual([...requests].sort());
  });

  it('tells the codes of an error response in its schema', () => {
    for (const { responses, 'x-problems': problems } of operations) {
      const refused = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      for (const [status, { content = {} }] of refused) {
        const expected = problems.filter(
          (code) => String(ERROR_CATALOGUE[code as keyof typeof ERROR_CATALOGUE].status) === status,
        );
        const [schema] = Object.values(content).map(({ schema }) => JSON.stringify(schema));
        expect(schema).toContain(`"code":{"type":"string","enum":${JSON.stringify(expected)}}`);
      }
    }
  });

  it('describes no value as an object of unknown members', () => {
    const vague = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
      findVague(name, schema),
    );
    // RFC 7517 §4: a JWK may have members of every kind of key
    expect(vague.filter((at) => at !== 'JwksDto.keys[]')).toEqual([]);
  });

  it.each(named)('%s describes its response', (name, { responses }) => {
    const statuses = Object.keys(responses).filter((code) => code.startsWith('2'));
    // A response that requires a second factor has created nothing yet
    const asksForSecondFactor = JSON.stringify(responses['200'] ?? null).includes('SecondFactorRequiredDto');
    if (asksForSecondFactor) expect([['200'], ['200', '201']]).toContainEqual(statuses);
    else expect(statuses).toHaveLength(1);
    for (const status of statuses) {
      expect(Object.keys(responses[status]?.content ?? {})).toEqual(
        status === '204' ? [] : [MEDIA_TYPES[name] ?? 'application/json'],
      );
    }
  });

  it.each(named)('%s documents each of its problems', (_, operation) => {
    const { responses, 'x-problems': problems } = operation;
    for (const code of problems) {
      const { status } = ERROR_CATALOGUE[code as keyof typeof ERROR_CATALOGUE];
      expect(JSON.stringify(responses[String(status)])).toContain(`#/components/examples/${code}`);
    }
    expect(problems).toContain('internal_error');
  });

  it.each(named)('%s documents every problem of a new password, or none', (_, { 'x-problems': problems }) => {
    const documented = PASSWORD_PROBLEMS.filter((code) => problems.includes(code));
    expect([[], PASSWORD_PROBLEMS]).toContainEqual(documented);
  });

  it.each(named)('%s requires a token as its access says', (_, { 'x-access': access, security }) => {
    const bearer = { bearer: [] };
    const signedIn = isForKeys(access) ? [bearer, { apiKey: [] }] : [bearer];
    const expected = {
      public: [],
      optional: [{}, bearer],
      'signed-in': signedIn,
      operator: [bearer],
      permission: signedIn,
    };
    expect(security).toEqual(expected[access.kind]);
  });

  it.each(named)('%s has an example for everything it needs', (_, { parameters, requestBody }) => {
    const needed = parameters.filter(({ required }) => required);
    for (const { schema } of needed) expect(typeof schema.example).toBe('string');
    const json = requestBody?.content['application/json'];
    if (json) expect(findSchemaFaults(document.components.schemas, json.schema, json.example)).toEqual([]);
  });
});

/** The names of the components that a text refers to, directly or through others. */
function reachable(schemas: Schemas, text: string, found = new Set<string>()): Set<string> {
  for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    if (found.has(name)) continue;
    found.add(name);
    reachable(schemas, JSON.stringify(schemas[name]), found);
  }
  return found;
}

/** The compiler emits `Object` where a decorator says no more: for a union, or a type alias. */
function findVague(at: string, schema: Schema): string[] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([name, member]) => [`${at}.${name}`, member] as const),
    ...(schema.items ? [[`${at}[]`, schema.items] as const] : []),
  ];
  const { type, properties, additionalProperties, allOf } = schema;
  const isVague = type === 'object' && !properties && !allOf && additionalProperties === undefined;
  return [...(isVague ? [at] : []), ...inner.flatMap(([name, member]) => findVague(name, member))];
}

import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

/** The part of JSON Schema 2020-12 that the documents use. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  example?: unknown;
  description?: string;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  contentSchema?: JsonSchema;
}

type Named = Record<string, JsonSchema>;
interface Holder {
  schema?: JsonSchema;
}

export function componentsOf(document: OpenAPIObject): Named {
  return document.components?.schemas ?? {};
}

/** The schema that a reference names; any other schema itself. */
export function resolve(document: OpenAPIObject, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  return componentsOf(document)[schema.$ref.split('/').pop() ?? ''] ?? {};
}

/** The schemas directly within a schema. */
function innerSchemas(schema: JsonSchema): JsonSchema[] {
  const { properties = {}, items, additionalProperties, contentSchema } = schema;
  return [
    ...Object.values(properties),
    ...[schema.allOf, schema.anyOf, schema.oneOf].flatMap((list) => list ?? []),
    ...[items, additionalProperties, contentSchema].filter((one) => typeof one === 'object'),
  ];
}

/** Replaces every schema of a document, after those within it. References stay. */
export function mapSchemas(document: OpenAPIObject, map: (schema: JsonSchema) => JsonSchema): void {
  const deep = (schema: JsonSchema): JsonSchema => map(mapInner(schema, deep));
  const components = componentsOf(document);
  for (const [name, schema] of Object.entries(components)) components[name] = deep(schema);
  for (const holder of holdersOf(document)) if (holder.schema) holder.schema = deep(holder.schema);
}

function mapInner(schema: JsonSchema, map: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, items, additionalProperties: others, contentSchema } = schema;
  const lists = (['allOf', 'anyOf', 'oneOf'] as const).filter((name) => schema[name]);
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, map(one)])),
    }),
    ...(items && { items: map(items) }),
    ...(typeof others === 'object' && { additionalProperties: map(others) }),
    ...(contentSchema && { contentSchema: map(contentSchema) }),
    ...Object.fromEntries(lists.map((name) => [name, schema[name]?.map(map)])),
  };
}

/** Every place outside of the components that has a schema: parameters, bodies, and headers of responses. */
function holdersOf(document: OpenAPIObject): Holder[] {
  return operationsOf(document).flatMap(({ operation }) => [
    ...((operation.parameters ?? []) as Holder[]),
    ...contentsOf(operation.requestBody),
    ...Object.values(operation.responses).flatMap((response) => [
      ...contentsOf(response),
      ...Object.values((response as { headers?: Record<string, Holder> }).headers ?? {}),
    ]),
  ]);
}

function contentsOf(body: unknown): Holder[] {
  return Object.values((body as { content?: Record<string, Holder> } | undefined)?.content ?? {});
}

/** The names of the components that requests use, directly or within another. */
export function requestComponents(document: OpenAPIObject): Set<string> {
  const bodies = operationsOf(document).flatMap(({ operation }) => contentsOf(operation.requestBody));
  return reachable(document, bodies);
}

/** The names of the components that responses use, directly or within another. */
export function responseComponents(document: OpenAPIObject): Set<string> {
  const responses = operationsOf(document).flatMap(({ operation }) => Object.values(operation.responses));
  return reachable(document, responses.flatMap(contentsOf));
}

function reachable(document: OpenAPIObject, holders: Holder[]): Set<string> {
  const components = componentsOf(document);
  const found = new Set<string>();
  const visit = (schema: JsonSchema): void => {
    const name = schema.$ref?.split('/').pop();
    if (name !== undefined && !found.has(name)) {
      found.add(name);
      visit(components[name] ?? {});
    }
    innerSchemas(schema).forEach(visit);
  };
  for (const { schema } of holders) if (schema) visit(schema);
  return found;
}

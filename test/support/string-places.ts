import type { Schema, Schemas } from './conforms.js';
import type { OpenApiDocument, PlacedOperation } from './openapi.js';

/** Where an operation takes a text: in its path, its query, or this deep in its body. */
export interface StringPlace {
  operation: PlacedOperation;
  in: 'path' | 'query' | 'body';
  /** The steps to it; a step within a list is a number. */
  path: (string | number)[];
  name: string;
}

export interface PlacedRequest {
  method: string;
  path: string;
  /** JSON; undefined where the text is in the path or query. */
  body?: string;
}

/** Of every operation of a document, every text that it takes in path, query or body. */
export function stringPlacesOf(document: OpenApiDocument, operations: PlacedOperation[]): StringPlace[] {
  return operations.flatMap((operation) => {
    const body = operation.requestBody?.content['application/json']?.schema;
    const named = (place: Pick<StringPlace, 'in' | 'path'>): StringPlace => {
      return { ...place, operation, name: `${operation.method} ${operation.path} ${place.path.join('.')}` };
    };
    const asked = (operation.parameters ?? []).flatMap(({ in: where, name }) =>
      where === 'header' ? [] : [named({ in: where, path: [name] })],
    );
    const within = body ? textsWithin(document.components.schemas, body) : [];
    return [...asked, ...within.map((path) => named({ in: 'body', path }))];
  });
}

/** The documented example of the operation, with the text in its place. */
export function requestWith({ operation, in: where, path }: StringPlace, text: string): PlacedRequest {
  const { method, parameters = [] } = operation;
  const name = String(path[0]);
  const example = operation.requestBody?.content['application/json']?.example;
  const fill = (parameter: string) =>
    encodeURIComponent(where === 'path' && parameter === name ? text : SOME_ID);
  const target = operation.path.replace(/\{(\w+)\}/g, (_, parameter: string) => fill(parameter));
  if (where === 'body') return { method, path: target, body: JSON.stringify(replaced(example, path, text)) };
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    if (parameter.in !== 'query') continue;
    if (where === 'query' && parameter.name === name) query.set(name, text);
    else if (parameter.required) query.set(parameter.name, parameter.schema.example ?? '');
  }
  return {
    method,
    path: query.size > 0 ? `${target}?${query.toString()}` : target,
    ...(example && { body: JSON.stringify(example) }),
  };
}

const SOME_ID = '0192f3a0-0000-7000-8000-000000000000';

/** Every value without members could be given a text. */
function textsWithin(
  schemas: Schemas,
  schema: Schema,
  path: StringPlace['path'] = [],
): StringPlace['path'][] {
  const named = schema.$ref === undefined ? schema : (schemas[schema.$ref.split('/').pop() ?? ''] ?? {});
  const { allOf = [], items, properties, additionalProperties } = named;
  const members = Object.entries(properties ?? {}).flatMap(([name, inner]) =>
    textsWithin(schemas, inner, [...path, name]),
  );
  const others =
    typeof additionalProperties === 'object'
      ? textsWithin(schemas, additionalProperties, [...path, 'x'])
      : [];
  const each = items ? textsWithin(schemas, items, [...path, 0]) : [];
  const inner = [
    ...allOf.flatMap((part) => textsWithin(schemas, part, path)),
    ...members,
    ...others,
    ...each,
  ];
  return path.length > 0 && inner.length === 0 ? [path] : inner;
}

function replaced(container: unknown, [step, ...rest]: StringPlace['path'], text: string): unknown {
  if (step === undefined) return text;
  const inner = (container as Record<string | number, unknown> | undefined)?.[step];
  if (typeof step === 'number') return [replaced(inner, rest, text)];
  return { ...(container as object | undefined), [step]: replaced(inner, rest, text) };
}

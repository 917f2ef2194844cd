import type { OpenAPIObject } from '@nestjs/swagger';
import { REQUIRED_WITHOUT } from '../fields.js';
import { operationsOf } from './operations.js';
import { componentsOf, type JsonSchema, requestComponents, resolve, responseComponents } from './schemas.js';

/**
 * Sets `additionalProperties: false` on every object with named members that only requests use: a request with others is
 * refused. Responses may get more members in a later release, so their objects stay open.
 */
export function closeRequestBodies(document: OpenAPIObject): void {
  const components = componentsOf(document);
  const answered = responseComponents(document);
  for (const name of requestComponents(document)) {
    const schema = components[name];
    if (schema?.properties && !answered.has(name)) schema.additionalProperties ??= false;
  }
}

/** Documents a body as optional where it needs no member: the server then accepts a request without one. */
export function relaxRequestBodies(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    const body = operation.requestBody;
    if (!body || '$ref' in body) continue;
    const contents = Object.values(body.content) as { schema?: JsonSchema }[];
    body.required = contents.some(({ schema = {} }) => needsMembers(resolve(document, schema)));
  }
}

function needsMembers({ required = [], properties = {} }: JsonSchema): boolean {
  return required.length > 0 || Object.values(properties).some((field) => REQUIRED_WITHOUT in field);
}

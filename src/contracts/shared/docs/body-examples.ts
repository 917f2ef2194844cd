import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf, type SchemaObject } from './operations.js';

/**
 * Gives every JSON body an example with the fields that have one. An example generated from the schema would also
 * contain the other optional fields, with ids that do not exist.
 */
export function addBodyExamples(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    const body = operation.requestBody;
    if (!body || '$ref' in body) continue;
    const json = body.content['application/json'];
    const schema = json?.schema;
    if (schema && '$ref' in schema) json.example = exampleOf(document, schema.$ref);
  }
}

function exampleOf(document: OpenAPIObject, reference: string): Record<string, unknown> {
  const schema = document.components?.schemas?.[reference.split('/').pop() ?? ''] as SchemaObject | undefined;
  const examples = Object.entries(schema?.properties ?? {}).map(
    ([name, property]) => [name, (property as SchemaObject).example as unknown] as const,
  );
  return Object.fromEntries(examples.filter(([, example]) => example !== undefined));
}

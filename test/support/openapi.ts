import type { Access } from '../../src/access/authorize.js';
import type { Schema, Schemas } from './conforms.js';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema & { example?: string };
}

interface DocumentedOperation {
  operationId: string;
  tags: string[];
  summary: string;
  parameters: Parameter[];
  requestBody?: {
    required?: boolean;
    content: Record<string, { schema: Schema; example?: Record<string, unknown> }>;
  };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  security?: Record<string, string[]>[];
  'x-access': Access;
  'x-problems': string[];
  /** The code of the refusal that the example gets where the examples are executed from top to bottom. */
  'x-refused-example'?: string;
}

export interface OpenApiDocument {
  openapi: string;
  info: { title: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Schemas };
}

export interface PlacedOperation extends DocumentedOperation {
  path: string;
  method: string;
}

/** Whether an API key is accepted. */
export function isForKeys(access: Access): boolean {
  return 'actors' in access && access.actors?.includes('apiKey') === true;
}

/** Whether a service account is accepted. */
export function isForServices(access: Access): boolean {
  return 'actors' in access && access.actors?.includes('serviceAccount') === true;
}

/** Every operation in the order in which the documentation page shows them: by section, then as documented. */
export function operationsInPageOrder({ tags, paths }: OpenApiDocument): PlacedOperation[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase(),
    })),
  );
  return tags.flatMap(({ name }) => operations.filter((operation) => operation.tags[0] === name));
}

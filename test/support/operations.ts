import type { Client } from './client.js';

export interface Operation {
  method: string;
  /** As the document prints it: `/auth/sessions/{id}`. */
  template: string;
  /** With an id in each place. */
  path: string;
  access: {
    kind: 'public' | 'optional' | 'signed-in' | 'permission';
    permission?: string;
    level?: number;
    actors?: string[];
    whileEnrolling?: true;
  };
  /** Names of the JSON body's fields; null where it takes none. */
  fields: string[] | null;
  /** The media types of bodies that it reads. */
  mediaTypes: string[];
  name: string;
}

interface Document {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
}

interface DocumentedOperation {
  'x-access'?: Operation['access'];
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
}

const SOME_ID = '0192f3a0-0000-7000-8000-000000000000';

/** Every operation that the running server publishes for one contract. */
export async function readOperations(client: Client, contract = 'primary'): Promise<Operation[]> {
  const { status, body } = await client.get<Document>(`/openapi/${contract}.json`);
  if (status !== 200) throw new Error(`The OpenAPI document answered ${status}`);
  return Object.entries(body.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, documented]) =>
      describeOperation(body, template, method, documented),
    ),
  );
}

function describeOperation(
  { components }: Document,
  template: string,
  method: string,
  documented: DocumentedOperation,
): Operation {
  const access = documented['x-access'];
  const name = `${method.toUpperCase()} ${template}`;
  if (!access) throw new Error(`${name} does not declare who may call it`);
  const reference = documented.requestBody?.content['application/json']?.schema.$ref?.split('/').pop();
  const schema = reference === undefined ? undefined : components.schemas[reference];
  return {
    method: method.toUpperCase(),
    template,
    path: template.replace(/\{\w+\}/g, SOME_ID),
    access,
    fields: schema ? Object.keys(schema.properties ?? {}) : null,
    mediaTypes: Object.keys(documented.requestBody?.content ?? {}),
    name,
  };
}

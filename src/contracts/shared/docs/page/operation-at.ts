/** The paths of an OpenAPI document. */
export type Paths = Record<string, Record<string, { operationId?: string }>>;

interface FoundOperation {
  id: string;
  /** The path parameters, as in the URL. */
  parameters: Record<string, string>;
}

/** The operation that answers a request; undefined if the document has none. A literal path precedes a template. */
export function operationAt(paths: Paths, method: string, url: string): FoundOperation | undefined {
  const { pathname } = new URL(url, 'http://localhost');
  const found = Object.entries(paths).flatMap(([template, operations]) => {
    const id = operations[method.toLowerCase()]?.operationId;
    const parameters = match(template, pathname);
    return id !== undefined && parameters ? [{ id, parameters }] : [];
  });
  return found.sort((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length)[0];
}

function match(template: string, pathname: string): Record<string, string> | undefined {
  const names = template.split('/');
  const segments = pathname.split('/');
  const parameters: Record<string, string> = {};
  const matches = names.every((name, at) => {
    const segment = segments[at];
    const [, parameter] = /^\{(.+)\}$/.exec(name) ?? [];
    if (parameter === undefined || !segment) return name === segment;
    parameters[parameter] = segment;
    return true;
  });
  return matches && names.length === segments.length ? parameters : undefined;
}

type Node = Record<string, unknown>;

/** The result that Swagger UI expects of the resolver of a part of a document. */
interface Resolved {
  spec: unknown;
  errors: unknown[];
}

/**
 * A Swagger UI plugin that replaces the references of a part of a document. The one built in reads the whole document
 * again for each operation of OpenAPI 3.1, which takes seconds; our documents refer to nothing but themselves.
 */
export function LocalReferences() {
  return { fn: { resolveSubtree } };
}

function resolveSubtree(document: Node, path: string[]): Promise<Resolved> {
  const part = path.reduce<unknown>((node, key) => (node as Node | undefined)?.[key], document);
  return Promise.resolve({ spec: replaceReferences(part, document, []), errors: [] });
}

/** A reference within what it refers to stays. */
function replaceReferences(node: unknown, document: Node, within: string[]): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => replaceReferences(item, document, within));
  const { $ref, ...members } = node as Node;
  if (typeof $ref === 'string' && $ref.startsWith('#/') && !within.includes($ref)) {
    const target = targetOf($ref, document) as Node;
    return replaceReferences({ ...target, ...members }, document, [...within, $ref]);
  }
  return Object.fromEntries(
    Object.entries(node).map(([name, member]) => [name, replaceReferences(member, document, within)]),
  );
}

function targetOf(reference: string, document: Node): unknown {
  const keys = reference.slice(2).split('/');
  return keys.reduce<unknown>((node, key) => (node as Node | undefined)?.[key], document);
}

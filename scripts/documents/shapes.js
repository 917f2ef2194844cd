/** What a schema says of a value, with references resolved and parts merged. `path` keeps recursive schemas finite. */
export function shapeOf(document, schema, seen = []) {
  const resolved = resolve(document, schema);
  const parts = [resolved, ...(resolved.allOf ?? [])].map((part) => resolve(document, part));
  const merged = { properties: {}, required: new Set(), seen: [...seen, schema.$ref].filter(Boolean) };
  for (const part of parts) {
    Object.assign(merged.properties, part.properties);
    for (const name of part.required ?? []) merged.required.add(name);
    for (const [key, value] of Object.entries(part)) if (!STRUCTURE.has(key)) merged[key] ??= value;
  }
  if (merged.const !== undefined) merged.enum ??= [merged.const];
  const alternatives = [...(resolved.oneOf ?? []), ...(resolved.anyOf ?? [])];
  const isNull = (one) => one.type === 'null';
  merged.alternatives = alternatives.filter((one) => !isNull(one));
  merged.types = new Set([merged.type ?? (Object.keys(merged.properties).length > 0 ? 'object' : [])].flat());
  if (alternatives.some(isNull)) merged.types.add('null');
  // A union of one alternative and null is that alternative, which may be null
  if (merged.alternatives.length !== 1) return merged;
  const only = shapeOf(document, merged.alternatives[0], merged.seen);
  return { ...only, types: new Set([...only.types, ...merged.types]) };
}

const STRUCTURE = new Set(['properties', 'required', 'allOf', 'oneOf', 'anyOf', '$ref']);

function resolve(document, schema) {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  const target = $ref
    .slice(2)
    .split('/')
    .reduce((node, key) => node?.[key], document);
  return { ...target, ...beside };
}

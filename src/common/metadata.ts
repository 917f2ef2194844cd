/** What a product stores with a person or a tenant: a JSON object whose meaning only the product knows. */
export type Metadata = object;

export const MAX_METADATA_BYTES = 4_096;
export const MAX_METADATA_DEPTH = 5;

/** Names that lead to a prototype in programs that copy members carelessly. */
const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Why the value cannot be stored as metadata, or null if it can. */
export function findMetadataFault(value: unknown): string | null {
  if (!isObject(value) || Array.isArray(value)) return 'must be an object';
  return findMemberFault(value, 1) ?? findSizeFault(value);
}

function findMemberFault(value: object, depth: number): string | null {
  if (depth > MAX_METADATA_DEPTH) return `must have at most ${MAX_METADATA_DEPTH} levels`;
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (PROTOTYPE_NAMES.has(name)) return `must not have a member named ${name}`;
    if (typeof member === 'number' && !Number.isFinite(member))
      return 'must hold numbers that JSON can express';
    const fault = isObject(member) ? findMemberFault(member, depth + 1) : null;
    if (fault !== null) return fault;
  }
  return null;
}

function findSizeFault(value: Metadata): string | null {
  const size = Buffer.byteLength(JSON.stringify(value));
  return size > MAX_METADATA_BYTES ? `must take at most ${MAX_METADATA_BYTES} bytes as JSON` : null;
}

import { parse } from 'secure-json-parse';
import { AppError } from '../common/app-error.js';

const MAX_DEPTH = 10;
const MAX_KEYS = 1_000;

/**
 * Parses RFC 8259 text within bounds: no `__proto__`, at most ten levels and a thousand members, no NUL and no lone
 * surrogate, which PostgreSQL cannot store. An empty text yields no body.
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    throw new AppError('malformed_json', { cause });
  }
  assertBounded(value, { keys: 0 }, 1);
  return value;
}

/** True if PostgreSQL can store and compare the text. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

function assertBounded(value: unknown, seen: { keys: number }, depth: number): void {
  if (typeof value === 'string' && !isStorable(value)) {
    throw new AppError('malformed_request', { detail: 'Texts must be well-formed Unicode without NUL.' });
  }
  if (typeof value !== 'object' || value === null) return;
  const members = Object.entries(value);
  seen.keys += members.length;
  if (depth > MAX_DEPTH || seen.keys > MAX_KEYS) {
    throw new AppError('malformed_request', {
      detail: `At most ${MAX_DEPTH} levels and ${MAX_KEYS} members.`,
    });
  }
  for (const [name, member] of members) {
    assertBounded(name, seen, depth);
    assertBounded(member, seen, depth + 1);
  }
}

import { AppError } from '../common/app-error.js';

const MAX_DEPTH = 10;
const MAX_KEYS = 1_000;

/**
 * Throws a malformed_request for a parsed body of more than ten levels or a thousand members, or with a text that is not
 * storable.
 */
export function assertBounded(body: unknown): void {
  assertWithin(body, { keys: 0 }, 1);
}

/** Throws a malformed_request for a NUL or a lone surrogate, which PostgreSQL can neither store nor compare. */
export function assertStorable(text: string): void {
  if (text.isWellFormed() && !text.includes('\u0000')) return;
  throw new AppError('malformed_request', { detail: 'Texts must be well-formed Unicode without NUL.' });
}

function assertWithin(value: unknown, seen: { keys: number }, depth: number): void {
  if (typeof value === 'string') assertStorable(value);
  if (typeof value !== 'object' || value === null) return;
  const members = Object.entries(value);
  seen.keys += members.length;
  if (depth > MAX_DEPTH || seen.keys > MAX_KEYS) {
    throw new AppError('malformed_request', {
      detail: `At most ${MAX_DEPTH} levels and ${MAX_KEYS} members.`,
    });
  }
  for (const [name, member] of members) {
    assertStorable(name);
    assertWithin(member, seen, depth + 1);
  }
}

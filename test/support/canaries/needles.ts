import type { Secret } from './secret.js';

interface Needle {
  text: string;
  secret: Secret;
}

export interface Hit {
  secret: Secret;
  /** As it was found: in clear, escaped, or in hexadecimal. */
  text: string;
  at: number;
}

// In jest's contexts each use of a global costs a look-up
const { imul } = Math;

const WINDOW = 8;
const BASE = 0x01000193;
const POWER = Array.from({ length: WINDOW - 1 }).reduce<number>((power) => imul(power, BASE), 1);

/** Digits and common words also occur by chance: these are searched for as whole values only. */
const SURELY_SOMETHING = 12;

/**
 * Searches for any number of secrets in one pass over a text (Rabin and Karp, by the last characters of each), so
 * that every suite can afford it.
 */
export class Needles {
  private readonly known = new Set<string>();
  private readonly byHash = new Map<number, Needle[]>();
  private readonly filter = new Uint8Array(1 << 16);

  add(secret: Secret): void {
    for (const text of formsOf(secret.value)) {
      if (text.length < WINDOW || this.known.has(text)) continue;
      this.known.add(text);
      const hash = hashAt(text, text.length - WINDOW);
      const needles = this.byHash.get(hash) ?? [];
      needles.push({ text, secret });
      this.byHash.set(hash, needles);
      this.filter[hash >>> 16] = 1;
    }
  }

  search(text: string): Hit[] {
    const hits: Hit[] = [];
    if (text.length < WINDOW || this.known.size === 0) return hits;
    const { filter } = this;
    let hash = hashAt(text, 0);
    for (let end = WINDOW; ; end += 1) {
      if (filter[hash >>> 16] === 1) hits.push(...this.hitsAt(text, end, hash));
      if (end === text.length) return hits;
      const rest = hash - imul(text.charCodeAt(end - WINDOW), POWER);
      hash = (imul(rest, BASE) + text.charCodeAt(end)) | 0;
    }
  }

  private hitsAt(text: string, end: number, hash: number): Hit[] {
    return (this.byHash.get(hash) ?? [])
      .filter((needle) => text.endsWith(needle.text, end) && !isName(needle.text, text, end))
      .map((needle) => ({ secret: needle.secret, text: needle.text, at: end - needle.text.length }));
  }
}

/** A quoted word before a colon is a member's name. */
function isName(needle: string, text: string, end: number): boolean {
  return needle.endsWith('"') && text[end] === ':';
}

/** In clear, as JSON and URLs write it, and as PostgreSQL prints bytes. */
function formsOf(value: string): string[] {
  const escaped = JSON.stringify(value);
  const hex = Buffer.from(value, 'utf8').toString('hex');
  if (value.length < SURELY_SOMETHING || /^\d+$/.test(value)) return [escaped, `"\\\\x${hex}"`];
  return [value, escaped.slice(1, -1), encodeURIComponent(value.toWellFormed()), hex];
}

function hashAt(text: string, start: number): number {
  let hash = 0;
  for (let index = start; index < start + WINDOW; index += 1) {
    hash = (imul(hash, BASE) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

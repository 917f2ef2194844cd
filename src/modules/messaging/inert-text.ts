import { normalize } from '../../common/bounded-text.js';

const MAX_LENGTH = 80;
/** More than any honest name; keeps the expressions below from chewing on megabytes. */
const MAX_INPUT = 1_000;

const LINE_BREAKS = /[\t\r\n\v\f\u0085\u2028\u2029]/g;
/** Controls, bidi and zero-width formats, lone surrogates, private use (Unicode category C). */
const INVISIBLE = /\p{C}/gu;
const LINK_LIKE = /:\s*\/|\/\/|\\\\|\bwww\s*\.|\b(?:https?|ftp|mailto|javascript)\s*:|\S@\S/iu;
/** A dot that glues two words is what turns them into a domain name; IDNA knows U+3002 as a dot, too (RFC 3490 §3.1). */
const GLUING_DOT = /[.\u3002]+(?=\S)/gu;

/**
 * Text a user typed, made safe to print in a message of ours: one line, nothing invisible, nothing a mail client
 * turns into a link, at most 80 characters. A name that carries a link is dropped for the fallback. Not escaped:
 * whoever prints it into HTML does that.
 */
export function inertText(text: string, fallback: string): string {
  const visible = normalize(text.slice(0, MAX_INPUT), 'NFKC')
    .replace(LINE_BREAKS, ' ')
    .replace(INVISIBLE, '');
  if (LINK_LIKE.test(visible)) return fallback;
  const words = visible.replace(GLUING_DOT, ' ').replace(/\s+/gu, ' ').trim();
  const characters = Array.from(words);
  const short = characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : words;
  return short === '' ? fallback : short;
}

import { normalize } from '../../common/bounded-text.js';

const MAX_LENGTH = 80;
/** Longer than any real name; bounds the work of the expressions below. */
const MAX_INPUT = 1_000;

const LINE_BREAKS = /[\t\r\n\v\f\u0085\u2028\u2029]/g;
/** Controls, bidi and zero-width formats, lone surrogates, private use (Unicode category C). */
const INVISIBLE = /\p{C}/gu;
const LINK_LIKE = /:\s*\/|\/\/|\\\\|\bwww\s*\.|\b(?:https?|ftp|mailto|javascript)\s*:|\S@\S/iu;
/** A dot between two words makes them a domain name. IDNA also treats U+3002 as a dot (RFC 3490 §3.1). */
const JOINING_DOT = /[.\u3002]+(?=\S)/gu;

/**
 * Makes text that a user typed safe for a message: one line, no invisible characters, nothing that a mail client turns
 * into a link, at most 80 characters. Returns the fallback for a text that contains a link, or nothing visible. The
 * result is not HTML-escaped: callers must escape it.
 */
export function inertText(text: string, fallback: string): string {
  const visible = normalize(text.slice(0, MAX_INPUT), 'NFKC')
    .replace(LINE_BREAKS, ' ')
    .replace(INVISIBLE, '');
  if (LINK_LIKE.test(visible)) return fallback;
  const words = visible.replace(JOINING_DOT, ' ').replace(/\s+/gu, ' ').trim();
  const characters = Array.from(words);
  const short = characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : words;
  return short === '' ? fallback : short;
}

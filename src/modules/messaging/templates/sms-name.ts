import { inertText } from '../inert-text.js';
import { toGsmAlphabet } from './sms-segment.js';

const TYPOGRAPHY: [RegExp, string][] = [
  [/[‘’ʼ]/g, "'"],
  [/[‐‑–—]/g, '-'],
];
/** Phones also turn handles, tags and anything that could be dialled into links. */
const FORBIDDEN = /[^\p{L}\p{M}\p{N} &'(),.!-]/gu;
const DIALLABLE = /(?:\d[ ().,-]*){6}/;

/**
 * Makes a name that a user typed safe for an SMS: `inertText`, without the signs that phones turn into links, and only
 * with characters of the GSM default alphabet, of which 160 fit into one segment. Null if nothing usable is left.
 */
export function smsName(text: string): string | null {
  const inert = TYPOGRAPHY.reduce((name, [sign, plain]) => name.replace(sign, plain), inertText(text, ''));
  const plain = toGsmAlphabet(inert.replace(FORBIDDEN, '').replace(/ +/g, ' ').trim());
  return plain === null || plain === '' || DIALLABLE.test(plain) ? null : plain;
}

/** Cuts the name to at most `max` characters, ending in `..` if it was cut. */
export function shorten(name: string, max: number): string {
  return name.length <= max ? name : `${name.slice(0, max - 2).trimEnd()}..`;
}

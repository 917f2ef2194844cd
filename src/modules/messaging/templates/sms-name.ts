import { inertText } from '../inert-text.js';
import { toGsmAlphabet } from './sms-segment.js';

const TYPOGRAPHY: [RegExp, string][] = [
  [/[‘’ʼ]/g, "'"],
  [/[‐‑–—]/g, '-'],
];
/** Phones make links of more than web addresses: handles, tags and anything that could be dialled. */
const FORBIDDEN = /[^\p{L}\p{M}\p{N} &'(),.!-]/gu;
const DIALLABLE = /(?:\d[ ().,-]*){6}/;

/**
 * A name some user typed, as it may stand in an SMS: what `inertText` makes of it, without signs that phones act on,
 * in the alphabet that 160 characters of fit into one message. Null where nothing honest is left.
 */
export function smsName(text: string): string | null {
  const inert = TYPOGRAPHY.reduce((name, [sign, plain]) => name.replace(sign, plain), inertText(text, ''));
  const plain = toGsmAlphabet(inert.replace(FORBIDDEN, '').replace(/ +/g, ' ').trim());
  return plain === null || plain === '' || DIALLABLE.test(plain) ? null : plain;
}

/** At most so many characters, and marked where that cut it. */
export function shorten(name: string, max: number): string {
  return name.length <= max ? name : `${name.slice(0, max - 2).trimEnd()}..`;
}

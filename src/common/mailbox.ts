import { canonicalEmail } from './email-address.js';
import { isVisible } from './visible-text.js';

/** One sender (RFC 5322 §3.4, `mailbox`), without the syntax that it was written in. */
export interface Mailbox {
  /** Empty if there is none. */
  name: string;
  address: string;
}

/** RFC 5322 §3.2.3, with the letters of RFC 6532: a name of these characters needs no quotes. */
const PLAIN_NAME = /^[\p{L}\p{M}\p{N}\u200c\u200d!#$%&'*+/=?^_`{|}~ -]*$/u;
/** A quoted part, in which a backslash precedes what would end it, or the text up to the next one. */
const NAME_PARTS = /"((?:[^"\\]|\\.)*)"|[^"]+/gu;

/**
 * Reads an address, or a name and the address in angle brackets. A name may have characters that RFC 5322 wants in
 * quotes (`Acme, Inc. <a@example.com>`) where the meaning is plain: one address, and no `@` in the name. Throws an Error
 * that states the fault for anything else: several addresses, groups, lines, encoded words.
 */
export function parseMailbox(input: string): Mailbox {
  const text = input.trim();
  if (!isVisible(text)) throw new Error('must be one line without invisible characters');
  const named = /^([^<>]*)<([^<>]*)>$/u.exec(text);
  const address = readAddress((named?.[2] ?? text).trim());
  if (address === null) throw new Error('must be one e-mail address, or: Name <address>');
  return { name: readName(named?.[1] ?? ''), address };
}

/** As one header field has it: a name with other characters than letters, digits and blanks is in quotes. */
export function writeMailbox({ name, address }: Mailbox): string {
  if (name === '') return address;
  return `${PLAIN_NAME.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`} <${address}>`;
}

/** As written: some providers tell capitals apart. */
function readAddress(text: string): string | null {
  const canonical = canonicalEmail(text);
  return canonical === text.toLowerCase() ? text : canonical;
}

function readName(text: string): string {
  if (text.includes('=?')) throw new Error('must have its name as plain text, not as an encoded word');
  const parts = [...text.matchAll(NAME_PARTS)];
  if (parts.map(([part]) => part).join('') !== text)
    throw new Error('must have a quotation mark at either end of its name, or none');
  if (parts.some(([part, quoted]) => quoted === undefined && part.includes('@')))
    throw new Error(
      'must be one e-mail address, and has an @ in its name: write one address, or the name in quotes',
    );
  const unquoted = parts.map(([part, quoted]) => quoted?.replace(/\\(.)/gu, '$1') ?? part).join('');
  return unquoted.replace(/\s+/gu, ' ').trim();
}

import { parsePhone } from '../../../common/bounded-text.js';

/**
 * The ISO code of the country an E.164 number belongs to, or its calling code (`+44`) where several share one and
 * the number is none of theirs. Never empty.
 */
export function phoneCountry(phone: string): string {
  const number = parsePhone(phone);
  return number?.country ?? `+${number?.countryCallingCode ?? ''}`;
}

/** What neighbouring numbers share: attackers rent them in blocks of ten thousand. */
export function numberBlock(phone: string): string {
  return phone.slice(0, -4);
}

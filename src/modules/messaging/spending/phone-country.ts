import { parsePhone } from '../../../common/bounded-text.js';

/**
 * The ISO code of the country of an E.164 number, or its calling code (`+44`) if the number cannot be assigned to one
 * country. Never empty.
 */
export function phoneCountry(phone: string): string {
  const number = parsePhone(phone);
  return number?.country ?? `+${number?.countryCallingCode ?? ''}`;
}

/** The number without its last four digits: attackers rent numbers in blocks of ten thousand. */
export function numberBlock(phone: string): string {
  return phone.slice(0, -4);
}

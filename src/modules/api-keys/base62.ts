const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Writes the number in base 62 (digits, upper-case, then lower-case letters), padded with zeros. Throws RangeError for
 * a negative number or one with more digits.
 */
export function toBase62(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text;
  if (value < 0n || value >= 62n ** BigInt(digits)) throw new RangeError(`Not a number of ${digits} digits`);
  return text;
}

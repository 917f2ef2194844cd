const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The number in base 62 (digits, capitals, small letters), padded with zeros. Throws where it needs more digits. */
export function toBase62(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text;
  if (value < 0n || value >= 62n ** BigInt(digits)) throw new RangeError(`Not a number of ${digits} digits`);
  return text;
}

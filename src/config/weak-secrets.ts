/*
 * Detects secrets that were not generated at random. It refuses fewer than one in 10^13 values of 32 bytes from a
 * CSPRNG. The exponents beside the rules are upper bounds, by the union bound; the largest add up to 3·10^-14.
 */

/** For 32 bytes of 256 values each. */
const MAX_DISTINCT_BYTES = 12; // C(256,12)·(12/256)^32 < 10^-22
const MAX_DISTINCT_STEPS = 12; // C(256,12)·(12/256)^31 < 10^-21
const MAX_REPEATS = 9; // 256·C(32,10)·256^-10 < 10^-13.8

/** For a text: of 64 hexadecimal digits C(16,5)·(5/16)^64 < 10^-28, of 32 still < 10^-12. */
const MAX_DISTINCT_CHARACTERS = 5;
/** For the steps between neighbours: of 64 hexadecimal digits 32·C(63,42)·16^-42 < 10^-32, of 32 still < 10^-14. */
const MAX_EQUAL_STEPS = 2 / 3;
const PLACEHOLDER =
  /change|replace|secret|password|passphrase|example|default|sample|dummy|please|your|gatehouse|production|development|test/gi;
/** Least length of a text after its placeholder words are removed: at best 16 alphanumeric characters, 95 bits. */
const MIN_BESIDE_PLACEHOLDERS = 16;

/** Why a key of 32 bytes in base64 is not random; null if nothing indicates that. */
export function weaknessOfKey(base64: string): string | null {
  const key = Buffer.from(base64, 'base64');
  const bytes = [...key];
  const most = Math.max(...countsOf(bytes).values());
  // (95/256)^32 < 10^-13.7, and (26/64)^42 < 10^-16
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f) || /^(?:[a-z]+|[A-Z]+)=*$/.test(base64);
  if (new Set(bytes).size <= MAX_DISTINCT_BYTES || most > MAX_REPEATS) return 'it repeats itself';
  // 256^-16 < 10^-38
  if (hasPeriod(bytes, 16) || new Set(stepsOf(bytes)).size <= MAX_DISTINCT_STEPS)
    return 'it follows a pattern';
  return isText ? 'it is a text' : null;
}

/** Why a secret text is not random; null if nothing indicates that. */
export function weaknessOfText(text: string): string | null {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const steps = stepsOf(codes);
  const most = Math.max(...countsOf(steps).values());
  if (new Set(codes).size <= MAX_DISTINCT_CHARACTERS) return 'it repeats itself';
  if (hasPeriod(codes, Math.floor(codes.length / 2)) || most >= steps.length * MAX_EQUAL_STEPS) {
    return 'it follows a pattern';
  }
  const rest = text.replace(PLACEHOLDER, '');
  const isPlaceholder = rest !== text && rest.replace(/[^\p{L}\p{N}]/gu, '').length < MIN_BESIDE_PLACEHOLDERS;
  return isPlaceholder ? 'it is a placeholder' : null;
}

/** True if the sequence repeats one part of at most `longest` elements. */
function hasPeriod(codes: number[], longest: number): boolean {
  const periods = Array.from({ length: longest }, (_, index) => index + 1);
  return periods.some((period) => codes.every((code, at) => at < period || code === codes[at - period]));
}

/** The differences between neighbouring elements, modulo 256. */
function stepsOf(codes: number[]): number[] {
  return codes.slice(1).map((code, at) => (code - (codes[at] ?? 0)) & 0xff);
}

function countsOf(values: number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

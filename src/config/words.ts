/** Comma-separated words, without blanks around them and without empty ones. */
export function splitWords(input: string): string[] {
  return input
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

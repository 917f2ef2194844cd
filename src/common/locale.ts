/** Longer than any tag or name in use; bounds the work of Intl. */
const MAX_LENGTH = 64;
const IANA_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** The language tag in its canonical form (BCP 47), or null if it is none. Phones and Java write `en_IN`. */
export function canonicalLocale(written: string): string | null {
  if (written.length > MAX_LENGTH) return null;
  const tag = written.replaceAll('_', '-');
  // Longer words are valid, and no language has one
  if (!/^[a-z]{2,3}(-|$)/i.test(tag)) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * The name of a time zone in the IANA database, or null if it is none. Offsets are none: they have no daylight saving.
 * Keeps an alias such as `Asia/Kolkata`, which Intl would replace by the older name.
 */
export function canonicalTimeZone(name: string): string | null {
  if (name.length > MAX_LENGTH || !IANA_NAME.test(name)) return null;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch {
    return null;
  }
}

import type { TextKey } from './text-keys.js';

/** The texts of a message, in one language and with the words of one product. */
export interface Texts {
  /** A canonical BCP 47 tag. */
  language: string;
  /** The same texts in English; absent if these are. */
  english?: Texts;
  /** Values are filled in as they are: never evaluated, and not escaped for HTML. */
  say: (key: TextKey, values?: Record<string, string>) => string;
  /** `21 November 2026 at 23:45 UTC`, in the time zone of the reader and the language that the text `beside` it has. */
  dateTime: (at: Date, beside: TextKey) => string;
  /** `21 November 2026`, likewise. */
  day: (at: Date, beside: TextKey) => string;
}

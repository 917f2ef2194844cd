const NO_CONTROLS = /^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u;

/** Scripts that are written with joiners (RFC 5892 appendix A.1 and A.2; UAX #31 §2.3). */
const JOINING = [
  ...['Arab', 'Syrc', 'Nkoo', 'Mong', 'Adlm'],
  ...['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh', 'Khmr', 'Mymr', 'Tibt'],
]
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('');
/** A joiner after a character of such a script, or between emoji: U+200C and U+200D. */
const JOINERS = new RegExp(
  `(?<=[${JOINING}])[\\u200c\\u200d]|(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})`,
  'gu',
);

/** One line without invisible characters, except the joiners that a script or an emoji needs. */
export const isVisible = (text: string): boolean => NO_CONTROLS.test(text.replace(JOINERS, ''));

/** Without anything that a mail client turns into a link. */
export const NO_LINK = /^(?!.*(:\/\/|\bwww\.|\/\/)).*$/is;

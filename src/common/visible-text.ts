/**
 * What shows nothing, or is no text: controls, what fonts ignore (UAX #44: fillers, variation selectors), the blank of Braille, and
 * what is no character.
 */
export const HIDDEN = '[\\p{Cc}\\p{Cf}\\p{DI}\\p{NChar}\\u2028\\u2029\\u2800]';
const ANY_HIDDEN = new RegExp(HIDDEN, 'u');

/** Scripts whose letters join: those of Unicode's ArabicShaping.txt. */
const CURSIVE = 'Adlm Arab Chrs Mand Mani Mong Nkoo Ougr Phag Phlp Rohg Sogd Syrc';
/** Scripts with conjuncts: those in which Unicode's IndicSyllabicCategory.txt has a virama, a killer or a stacker. */
const INDIC =
  'Ahom Bali Batk Beng Bhks Brah Bugi Buhd Cakm Cham Deva Diak Dogr Dupl Gong Gonm Gran Gujr Guru Hano Java Kali ' +
  'Kawi Khar Khmr Khoj Knda Kthi Lana Laoo Lepc Limb Mahj Maka Marc Mlym Modi Mtei Mult Mymr Nand Newa Orya Rjng ' +
  'Saur Shrd Sidd Sind Sinh Soyo Sund Sylo Tagb Takr Talu Taml Tavt Telu Tglg Thai Tibt Tirh Zanb';
const SCRIPTS = [...CURSIVE.split(' '), ...INDIC.split(' ')];
const IN_SCRIPT = `[${SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]`;
/** A letter of such a script with its marks: marks alone do not count, since scripts share them. */
const AFTER_LETTER = `(?<=(?![\\p{M}\\p{Cf}])${IN_SCRIPT}\\p{M}*)`;
/** Nothing that a joiner does not concern: no letter of another script. */
const BEFORE_OWN = `(?=${IN_SCRIPT}|[^\\p{L}\\p{M}]|$)`;
const MONGOLIAN = '(?![\\p{M}\\p{Cf}])\\p{scx=Mong}';
const PICTURE = '\\p{Extended_Pictographic}';

/** The invisible characters without which a script or an emoji is written wrongly (UAX #31 §2.3, UTS #51). */
const NEEDED = new RegExp(
  [
    `${AFTER_LETTER}[\\u200c\\u200d]${BEFORE_OWN}`,
    // The vowel separator
    `(?<=${MONGOLIAN}\\p{M}*)\\u180e(?=${MONGOLIAN})`,
    `(?<=[${PICTURE}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=${PICTURE})`,
    // Which of its forms a picture, a Han character or a letter has: one selector behind it (Unicode §23.4)
    `(?<=${PICTURE})[\\ufe0e\\ufe0f]`,
    '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
    '(?<=\\p{sc=Han})[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
    `(?<=${MONGOLIAN}\\p{M}*(?<![\\u180b-\\u180d\\u180f]))[\\u180b-\\u180d\\u180f]`,
    '(?<=[\\p{scx=Mymr}\\p{scx=Phag}\\p{scx=Mani}])\\ufe00',
    // The flag of a part of a country: its code in tags, such as gbsct, and the tag that ends it
    '(?<=\\u{1f3f4})[\\u{e0061}-\\u{e007a}]{2}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{1,4}\\u{e007f}',
  ].join('|'),
  'gu',
);

/** One line without invisible characters, except those that a script or an emoji needs. */
export const isVisible = (text: string): boolean => !ANY_HIDDEN.test(text.replace(NEEDED, ''));

/** Blanks, and the marks that come along when right-to-left text is copied: U+061C, U+200E, U+200F. */
const MARGIN = '[\\s\\u061c\\u200e\\u200f]';
const MARGINS = new RegExp(`^${MARGIN}+|(?<!${MARGIN})${MARGIN}+$`, 'gu');

/**
 * Without the blanks and direction marks at either end, where they show nothing. Inside, a direction mark moves the
 * punctuation beside it and cannot be seen: `isVisible` refuses it.
 */
export const withoutMargins = (text: string): string => text.replace(MARGINS, '');

/** Without anything that a mail client turns into a link. */
export const NO_LINK = /^(?!.*(:\/\/|\bwww\.|\/\/)).*$/is;

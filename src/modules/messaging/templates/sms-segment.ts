import { normalize } from '../../../common/bounded-text.js';

/** GSM 03.38 §6.2.1: the default alphabet, one septet each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
    'abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension table: an escape and a septet. */
const EXTENDED = new Set('\f^{}\\[~]|€');

const SEPTETS = 160;
/** With one character outside the alphabet the whole text is sent in UCS-2, of which fewer units fit. */
const UTF16_UNITS = 70;

/** Whether the text is sent, and charged, as a single segment. */
export function fitsOneSegment(text: string): boolean {
  let septets = 0;
  for (const character of text) {
    if (BASIC.has(character)) septets += 1;
    else if (EXTENDED.has(character)) septets += 2;
    else return text.length <= UTF16_UNITS;
  }
  return septets <= SEPTETS;
}

/** The first wording that fits one segment; if none does, the last one. */
export function firstThatFits(wordings: string[]): string {
  return wordings.find(fitsOneSegment) ?? wordings.at(-1) ?? '';
}

/**
 * Converts the text to the default alphabet, removing accents that it lacks; null if a character cannot be converted.
 */
export function toGsmAlphabet(text: string): string | null {
  const characters = Array.from(normalize(text, 'NFC'), (character) =>
    BASIC.has(character) ? character : normalize(character, 'NFKD').replace(/\p{M}/gu, ''),
  );
  return characters.every((character) => BASIC.has(character)) ? characters.join('') : null;
}

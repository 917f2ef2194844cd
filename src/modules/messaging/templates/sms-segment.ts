import { normalize } from '../../../common/bounded-text.js';

/** GSM 03.38 §6.2.1: the default alphabet, one septet each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
    'abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension table: an escape and a septet. */
const EXTENDED = new Set('\f^{}\\[~]|€');

const SEPTETS = 160;
/** One character outside the alphabet, and all of the text goes out in 16-bit units. */
const UTF16_UNITS = 70;

/** Whether the text is sent, and paid for, as a single message. */
export function fitsOneSegment(text: string): boolean {
  let septets = 0;
  for (const character of text) {
    if (BASIC.has(character)) septets += 1;
    else if (EXTENDED.has(character)) septets += 2;
    else return text.length <= UTF16_UNITS;
  }
  return septets <= SEPTETS;
}

/** The first wording that fits one segment; where none does, the last one. */
export function firstThatFits(wordings: string[]): string {
  return wordings.find(fitsOneSegment) ?? wordings.at(-1) ?? '';
}

/** The text in the default alphabet, accents it lacks left off; null where that cannot be. */
export function toGsmAlphabet(text: string): string | null {
  const characters = Array.from(normalize(text, 'NFC'), (character) =>
    BASIC.has(character) ? character : normalize(character, 'NFKD').replace(/\p{M}/gu, ''),
  );
  return characters.every((character) => BASIC.has(character)) ? characters.join('') : null;
}

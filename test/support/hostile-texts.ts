/**
 * Texts that cost the most time: characters that expand, marks to sort, labels to encode, repeats to search for. Each
 * is a repeated motif, after a prefix that a field reads before it can refuse the text.
 */
const MOTIFS: [name: string, motif: string, opening?: string][] = [
  ['one Unicode label', '中文域名測試漢字', 'a@'],
  ['Unicode labels', 'ü中.', 'a@'],
  ['invalid labels', 'xn--a.', 'a@'],
  ['encoded labels', 'xn--r8jz45g.', 'a@'],
  ['ideographic full stops', 'x。', 'a@'],
  ['dots behind an @', '.', 'a@'],
  ['expanding characters behind an @', '\ufdfa', 'a@'],
  ['combining marks behind an @', 'a\u0315\u0323\u0301\u0327', 'a@'],
  ['percent signs', '%61', 'a@'],
  ['addresses in addresses', 'a@'],
  ['quoted pairs', '"\\'],
  ['expanding characters', '\ufdfa'],
  ['combining marks out of order', 'a\u0315\u0323\u0301\u0327'],
  ['combining marks beyond the BMP', '\u{1d165}\u{1d16e}', 'a'],
  ['digits', '4', '+'],
  ['digits of another script', '٣', '+'],
  ['open brackets', '(', '+91'],
  ['blanks', ' '],
  ['blanks and letters', 'a \u00a0\t'],
  ['hyphens', '-', 'a'],
  ['substitutions of letters', '4@8({[<|!1/7$5+'],
  ['repeats', 'ab12'],
  ['links', 'http://'],
  ['tildes and slashes', '~/'],
];

export interface HostileText {
  name: string;
  /** Of so many bytes as a JSON string in UTF-8, or a little less. */
  fill: (bytes: number) => string;
}

export const HOSTILE_TEXTS: HostileText[] = MOTIFS.map(([name, motif, opening = '']) => ({
  name,
  fill: (bytes) => {
    const times = Math.floor((bytes - sizeOf(opening)) / sizeOf(motif));
    return opening + motif.repeat(Math.max(1, times));
  },
}));

const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

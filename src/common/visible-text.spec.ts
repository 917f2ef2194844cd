import { isVisible, withoutMargins } from './visible-text.js';

describe('a text is visible', () => {
  it.each([
    ['Persian with a non-joiner', 'می\u200cنا'],
    ['Persian with a joiner before a full stop', 'ه\u200d.'],
    ['Syriac', 'ܐ\u200cܒ'],
    ['Hanifi Rohingya', '\u{10d00}\u200c\u{10d01}'],
    ['N’Ko', 'ߊ\u200dߋ'],
    ['Adlam, after its mark', '\u{1e922}\u{1e944}\u200d\u{1e923}'],
    ['Javanese', 'ꦏ\ua9c0\u200cꦏ'],
    ['Balinese', 'ᬓ\u1b44\u200dᬓ'],
    ['Sundanese', 'ᮊ\u1bab\u200cᮊ'],
    ['Chakma', '\u{11107}\u{11133}\u200c\u{11108}'],
    ['Meetei', 'ꯀ\uabed\u200cꯁ'],
    ['Grantha', '\u{11315}\u{1134d}\u200d\u{11316}'],
    ['Newa', '\u{1140e}\u{11442}\u200d\u{1140f}'],
    ['Malayalam, at the end', 'അവന\u0d4d\u200d'],
    ['Devanagari, before a blank', 'क\u094d\u200d क'],
    ['Mongolian with a vowel separator', 'ᠬᠠᠨ\u180eᠠ'],
    ['Mongolian with a variation selector', 'ᠬ\u180bᠠ'],
    ['a family', '👨\u200d👩\u200d👧'],
    ['a pilot of a skin colour', '👩🏽\u200d✈\ufe0f'],
    ['a heart in colour, and one in text', '❤\ufe0f ❤\ufe0e'],
    ['a digit on a key', '1\ufe0f\u20e3'],
    ['a flag with a rainbow', '🏳\ufe0f\u200d🌈'],
    ['a Han variant of a name', '葛\u{e0100}飾'],
    ['a Myanmar variant', '\u1000\ufe00'],
    ['the flag of Wales', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}'],
    [
      'the flag of Scotland after a name',
      'Ann \u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}!',
    ],
  ])('%s', (_, text) => {
    expect(isVisible(text)).toBe(true);
  });

  it.each([
    ['a joiner between Latin letters', 'pay\u200dpal'],
    ['a non-joiner between Cyrillic letters', 'ба\u200cнк'],
    ['a joiner before a Latin letter', 'क\u200dpal'],
    ['a joiner after a Latin letter', 'pal\u200dक'],
    ['a joiner after marks that scripts share', 'a\u0308\u0304\u200db'],
    ['two joiners', 'می\u200c\u200cنا'],
    ['a joiner at the beginning', '\u200cمی'],
    ['a vowel separator between Latin letters', 'a\u180eb'],
    ['a vowel separator at the end', 'ᠬᠠᠨ\u180e'],
    ['two vowel separators', 'ᠬᠠᠨ\u180e\u180eᠠ'],
    ['tags without a flag', 'Ann\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['tags without an end', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}'],
    ['a hidden message in tags', `\u{1f3f4}${'\u{e0067}'.repeat(7)}\u{e007f}`],
    ['an override', 'a\u202eb'],
    ['an isolate', 'a\u2066b\u2069'],
    ['an embedding in Arabic', 'م\u202bن'],
    ['a direction mark inside', 'a\u200fb'],
    ['a zero-width space in Arabic', 'م\u200bن'],
    ['a byte order mark inside', 'a\ufeffb'],
    ['a word joiner', 'क\u2060क'],
    ['two lines', 'a\nb'],
    ['nothing but a filler', '\u3164'],
    ['fillers of Hangul', 'a\u115fb\u1160c\uffa0'],
    ['a blank of Braille', '\u2800'],
    ['a variation of a Latin letter', 'a\ufe0fb'],
    ['two variations', '葛\u{e0100}\u{e0101}'],
    ['a hidden message in variations', `😀\ufe0f${'\u{e0112}'.repeat(5)}`],
    ['a joiner of graphemes', 'a\u034fb'],
    ['vowels of Khmer that nobody sees', 'ក\u17b4'],
    ['a character that is none', 'a\uffff'],
  ])('except with %s', (_, text) => {
    expect(isVisible(text)).toBe(false);
  });

  it('is decided in steps that grow with the text', () => {
    expect(isVisible(`क${'\u0301'.repeat(4000)}\u200d`)).toBe(true);
    expect(isVisible(`a${'\u0301\u200d'.repeat(2000)}`)).toBe(false);
  });
});

it.each([
  ['\u200fشیرین\u200f', 'شیرین'],
  ['\u200e Ann\u061c ', 'Ann'],
  ['\ufeff\u00a0Ann\u200e\u200f', 'Ann'],
  ['a\u200fb', 'a\u200fb'],
  ['\u200b', '\u200b'],
  [' \u200e ', ''],
])('the margins of %j leave %j', (text, left) => {
  expect(withoutMargins(text)).toBe(left);
});

import { cell, list, table } from './table.js';

it('puts columns below each other, and says where there is no row', () => {
  const rows = [
    { id: '1', name: 'Long name', deletionAt: null },
    { id: '22', name: '', deletionAt: new Date('2026-01-15T08:00:00Z') },
  ];
  expect(table(rows, ['id', 'name', 'deletionAt'])).toBe(
    'id  name       deletionAt\n1   Long name  -\n22  -          2026-01-15T08:00:00.000Z\n',
  );
  expect(table([], ['id'])).toBe('None.\n');
  expect(list({ id: 'x', members: 3 })).toBe('id       x\nmembers  3\n');
});

it.each([
  ['\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
  ['one\r\ntwo', 'one\\u{d}\\u{a}two'],
  ['\u009b31m', '\\u{9b}31m'],
  ['a\u202eb', 'a\\u{202e}b'],
  ['a\u3164b\ufe0f', 'a\\u{3164}b\\u{fe0f}'],
  [{ agent: '\u0085\u2066' }, '{"agent":"\\u{85}\\u{2066}"}'],
])('writes out what a terminal would obey or hide in %j', (value, text) => {
  expect(cell(value)).toBe(text);
});

it.each(['Zoë Ångström', 'क्‍ष', 'نامه‌ای', '👩‍🚀'])('leaves %s as it is', (text) => {
  expect(cell(text)).toBe(text);
});

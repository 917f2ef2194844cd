import { explained } from './operator-act.js';
import { ActNotExplained } from './operators.errors.js';

const REFUSED = [
  '',
  '\u00a0 \t',
  'case\u009b2J',
  'case\u001b]8;;https://evil.example\u0007',
  'two\nlines',
  'left\u2028right',
  'soft\u00adhyphen',
  'zero\u200bwidth',
  'x'.repeat(501),
];

it.each(REFUSED)('refuses %j, as every text of an act over HTTP is', (text) => {
  expect(() => explained({ reason: text, reference: 'case 9' })).toThrow(ActNotExplained);
  expect(() => explained({ reason: 'Asked', reference: text })).toThrow(ActNotExplained);
});

it.each(['केस ९', '案件 9', 'Fall №9 – „dringend“', '👩‍🚀', 'x'.repeat(500)])('keeps %s', (text) => {
  expect(explained({ reason: ` ${text} `, reference: text })).toMatchObject({
    reason: text,
    reference: text,
  });
});

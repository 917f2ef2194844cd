import { acceptedLanguages } from './accepted-languages.js';

it.each<[string | undefined, string[]]>([
  [undefined, []],
  ['', []],
  ['hi-in, en;q=0.8', ['hi-IN', 'en']],
  ['en;q=0.5,hi;q=0.9,ta', ['ta', 'hi', 'en']],
  ['*', []],
  ['hi;q=0, en', ['en']],
  ['hi;q=x, en;q=2, ta;q=-1', []],
  ['../../etc, __proto__, en', ['en']],
  [`${'x-'.repeat(500)},hi`, []],
])('the languages of %s are %j', (header, languages) => {
  expect(acceptedLanguages(header)).toEqual(languages);
});

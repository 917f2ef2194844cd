import { canonicalLocale, canonicalTimeZone } from './locale.js';

describe('canonicalLocale', () => {
  it.each([
    ['EN-in', 'en-IN'],
    ['hi', 'hi'],
    ['en_IN', 'en-IN'],
    ['zh_Hans_cn', 'zh-Hans-CN'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['iw', 'he'],
    ['de-DE-u-co-phonebk', 'de-DE-u-co-phonebk'],
  ])('makes %s %s', (tag, canonical) => {
    expect(canonicalLocale(tag)).toBe(canonical);
  });

  it.each([
    '',
    'english',
    '_',
    'en_',
    'hi_IN.UTF-8',
    'e',
    'en-',
    'en IN',
    '../en',
    'x'.repeat(65),
    `en${'-abcde'.repeat(20)}`,
  ])('refuses %s', (tag) => {
    expect(canonicalLocale(tag)).toBeNull();
  });
});

describe('canonicalTimeZone', () => {
  it.each([
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['europe/berlin', 'Europe/Berlin'],
    ['UTC', 'UTC'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ])('makes %s %s', (name, canonical) => {
    expect(canonicalTimeZone(name)).toBe(canonical);
  });

  it.each(['', '+05:30', 'Asia/Atlantis', 'India', 'Asia/Kolkata\n', '../etc/localtime', 'x'.repeat(65)])(
    'refuses %s',
    (name) => {
      expect(canonicalTimeZone(name)).toBeNull();
    },
  );
});

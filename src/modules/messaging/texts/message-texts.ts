import { createInstance, type i18n } from 'i18next';
import type { Product } from '../../../common/products/product.js';
import { LANGUAGES } from '../../../common/products/products.js';
import { ENGLISH } from './english.js';
import { HINDI } from './hindi.js';
import type { TextKey } from './text-keys.js';
import type { Texts } from './texts.js';

const FALLBACK = 'en';
const BUILT_IN: Record<string, Record<string, string>> = { en: ENGLISH, hi: HINDI };
/** English dates as in Europe, with the day first. */
const DATE_LOCALES: { en: string } & Partial<Record<string, string>> = { en: 'en-GB' };

const DAY = { day: 'numeric', month: 'long', year: 'numeric' } as const;
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;

/** Who reads a message: the languages they would like, best first, and their time zone. */
export interface Reader {
  languages: (string | null | undefined)[];
  timeZone?: string | null;
}

const instances = new Map<string, i18n>();

/**
 * The texts of this product in the first of the reader's languages for which there are any, else in English. A text that a
 * language lacks is English.
 */
export function textsFor(product: Product, { languages, timeZone }: Reader): Texts {
  let texts = instances.get(product.key);
  if (!texts) instances.set(product.key, (texts = createTexts(product)));
  return inLanguage(texts, chooseLanguage(texts, languages), timeZone ?? 'UTC');
}

/** `hi-IN` is served by texts in `hi`. */
function chooseLanguage(texts: i18n, wanted: Reader['languages']): string {
  for (const tag of wanted) {
    const words = tag?.split('-') ?? [];
    for (let length = words.length; length > 0; length -= 1) {
      const language = words.slice(0, length).join('-');
      if (texts.hasResourceBundle(language, 'translation')) return language;
    }
  }
  return FALLBACK;
}

function inLanguage(texts: i18n, language: string, timeZone: string): Texts {
  const translate = texts.getFixedT(language);
  const format = (at: Date, beside: TextKey, parts: Intl.DateTimeFormatOptions) => {
    // That of the text, which may be English; what Intl does not know must not be that of the machine
    const used = texts.t(beside, { lng: language, returnDetails: true }).usedLng;
    const locales = [DATE_LOCALES[used] ?? used, DATE_LOCALES.en];
    return new Intl.DateTimeFormat(locales, { ...parts, timeZone }).format(at);
  };
  return {
    language,
    ...(language !== FALLBACK && { english: inLanguage(texts, FALLBACK, timeZone) }),
    say: (key: TextKey, values = {}) => translate(key, values),
    dateTime: (at, beside) => format(at, beside, { ...DAY, ...TIME }),
    day: (at, beside) => format(at, beside, DAY),
  };
}

/** The product's own texts take the place of those for all products, and these of the built-in ones. */
function createTexts(product: Product): i18n {
  const layers = [BUILT_IN, LANGUAGES, product.messages ?? {}];
  const languages = new Set(layers.flatMap((layer) => Object.keys(layer)));
  const merged = [...languages].map((language) => {
    const translation = Object.assign({}, ...layers.map((layer) => layer[language])) as Record<
      string,
      string
    >;
    return [language, { translation }] as const;
  });
  const texts = createInstance();
  void texts.init({
    resources: Object.fromEntries(merged),
    fallbackLng: FALLBACK,
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    // Names reach the texts as values: the HTML part escapes the whole text, and nothing in a value is evaluated
    interpolation: { escapeValue: false, skipOnVariables: true },
  });
  return texts;
}

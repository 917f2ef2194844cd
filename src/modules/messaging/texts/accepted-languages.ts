import { canonicalLocale } from '../../../common/locale.js';

const MAX_HEADER = 256;

/** The languages of an Accept-Language header, in canonical form, best first (RFC 9110 §12.5.4). Ignores what is none. */
export function acceptedLanguages(header: string | undefined): string[] {
  const accepted = (header ?? '')
    .slice(0, MAX_HEADER)
    .split(',')
    .flatMap((entry) => {
      const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      const weight = quality === undefined ? 1 : Number(quality);
      const locale = canonicalLocale(tag);
      return locale !== null && weight > 0 && weight <= 1 ? [{ locale, weight }] : [];
    });
  return accepted.sort((a, b) => b.weight - a.weight).map(({ locale }) => locale);
}

import { ENGLISH } from './english.js';

/** Without them the message would be useless: its reader could not act. */
const MANDATORY = ['code', 'link', 'subject'];

/**
 * The part of the schema of product files that describes texts, by key: one line without markup, with only the
 * placeholders of the English text, and with its code, link or subject.
 */
export function describeTexts(): object {
  const properties = Object.entries(ENGLISH).map(([key, text]) => [key, describeText(text)] as const);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    examples: [{ 'otp.subject': ENGLISH['otp.subject'] }],
  };
}

function describeText(text: string): object {
  const names = placeholdersIn(text);
  const known = names.length > 0 ? `|\\{\\{(${names.join('|')})\\}\\}` : '';
  const needed = names.filter((name) => MANDATORY.includes(name));
  return {
    type: 'string',
    minLength: 1,
    maxLength: 600,
    pattern: `^([^{}<>$\\p{Cc}]${known})+$`,
    ...(needed.length > 0 && {
      allOf: needed.map((name) => ({ pattern: `\\{\\{${name}\\}\\}`, examples: [text] })),
    }),
    examples: [text],
  };
}

/** The names between double braces, each once. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name))];
}

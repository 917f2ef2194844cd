import type { Config } from '../../../config/config.js';

/** The settings whose value is a number. */
type NumberSetting = { [Name in keyof Config]: Config[Name] extends number ? Name : never }[keyof Config];
type SecondsSetting = Extract<NumberSetting, `${string}_SECONDS`>;

const PLACEHOLDER = /\{([A-Z][A-Z0-9_]+)(?::(\w+))?\}/g;
/** The members of a document that are texts for readers. */
const TEXTS = ['summary', 'description'];
const UNITS: [string, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const WORDS = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six'],
  ...['seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
];

/** Stands in a description for the value of a setting in seconds: `five minutes`. */
export const duration = (name: SecondsSetting): string => `{${name}:second}`;

/** Stands in a description for the value of a setting and, if there is a noun, what it counts: `five codes`. */
export const count = (name: NumberSetting, noun?: string): string =>
  noun === undefined ? `{${name}}` : `{${name}:${noun}}`;

/** Replaces every placeholder in the summaries and descriptions of a document. Throws what `withSettings` throws. */
export function fillInSettings(node: unknown, config: Config): void {
  if (typeof node !== 'object' || node === null) return;
  const members = node as Record<string, unknown>;
  for (const [name, value] of Object.entries(members)) {
    if (typeof value === 'string' && TEXTS.includes(name)) members[name] = withSettings(value, config);
    else fillInSettings(value, config);
  }
}

/**
 * Replaces what `duration` and `count` left in a text by the values of this configuration. Throws for a placeholder that
 * names no number of the configuration.
 */
export function withSettings(text: string, config: Config): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string, noun?: string) => {
    const value: unknown = Object.hasOwn(config, name) ? config[name as keyof Config] : undefined;
    if (typeof value !== 'number')
      throw new Error(`${placeholder} in a description is no number of the configuration`);
    if (noun === 'second') return inDuration(value);
    return noun === undefined ? inWords(value) : counted(value, noun);
  });
}

/** In the largest unit of which the seconds are a multiple: `two days`, `90 minutes`. */
function inDuration(seconds: number): string {
  if (seconds === 1800) return 'half an hour';
  const [unit, length] = UNITS.find(([, each]) => seconds > 0 && seconds % each === 0) ?? ['second', 1];
  return counted(seconds / length, unit);
}

function counted(value: number, noun: string): string {
  return `${inWords(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Up to twelve in words, beyond that in digits. */
function inWords(value: number): string {
  return WORDS[value] ?? String(value);
}

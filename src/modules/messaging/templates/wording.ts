import { inertText } from '../inert-text.js';
import type { TextKey } from '../texts/text-keys.js';
import type { Texts } from '../texts/texts.js';
import type { RenderedMessage } from './rendered-message.js';

export function greet({ say }: Texts, firstName: string): string {
  const name = inertText(firstName, '');
  return name === '' ? say('greeting.unnamed') : say('greeting', { name });
}

/** The button of a message, and what its HTML part says below it. */
export function actionOf(
  { say }: Texts,
  label: TextKey,
  link: string,
): NonNullable<RenderedMessage['action']> {
  return { label: say(label), link, fallback: say('linkFallback') };
}

/**
 * The texts to try for an SMS, in this order: with a character outside the alphabet of SMS less than half as much fits into
 * one segment, so what does not fit in the reader's language is said in English.
 */
export function smsTexts(texts: Texts): Texts[] {
  return texts.english ? [texts, texts.english] : [texts];
}

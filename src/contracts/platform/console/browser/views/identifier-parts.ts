import { visible } from '../formats.js';
import { limitTable, messageTable } from '../parts/credentials.js';
import { Disclosure, type Part } from '../parts/disclosure.js';
import type { Limit, Message } from '../records.js';
import type { Context } from '../view.js';

/** The messages to an identifier and the guesses at it, whether or not somebody has it. */
export function partsOf(context: Context, identifier: string): Part[] {
  const name = visible(identifier);
  const messages = new Disclosure<Message[]>(
    context,
    `Messages to ${name}`,
    () => context.api.post<Message[]>('messages/find', { identifier }),
    messageTable,
  );
  const limits: Disclosure<Limit[]> = new Disclosure<Limit[]>(
    context,
    `Limits of ${name}`,
    () => context.api.post<Limit[]>('limits/find', { identifier }),
    (found) => limitTable(context, identifier, found, () => limits.reload()),
  );
  return [messages, limits];
}

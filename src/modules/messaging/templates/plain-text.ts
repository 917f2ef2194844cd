import type { Channel } from '../outgoing-message.js';
import type { RenderedMessage } from './rendered-message.js';

/** Formats the message as plain text: the text part of a mail, or the whole SMS. */
export function renderText(rendered: RenderedMessage, channel: Channel): string {
  if (channel === 'sms') return rendered.paragraphs.join('\n');
  const { greeting, paragraphs, action, code, facts, closing, sender } = rendered;
  const blocks = [
    greeting,
    ...paragraphs,
    code,
    action && `${action.label}:\n${action.link}`,
    facts?.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    closing,
    // RFC 3676 §4.3: the signature separator ends in a space
    `-- \n${sender}`,
  ];
  return `${blocks.filter((block) => block !== undefined && block !== '').join('\n\n')}\n`;
}

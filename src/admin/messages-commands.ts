import type { MessageState } from '../modules/messaging/message-records.repository.js';
import type { Command } from './command.js';
import { records, viewer } from './services.js';
import { table } from './table.js';

/** What became of messages, never what they say. */
export const MESSAGES_COMMANDS: Command[] = [
  {
    usage: 'messages list <identifier>',
    summary: 'what became of the newest hundred to it; that somebody looked at a person is recorded',
    explained: false,
    run: async (app, { operands: [identifier = ''] }) => ({
      messages: await (await records(app)).listMessages(await viewer(), identifier),
    }),
    describe: ({ messages }) =>
      table(messages as MessageState[], [
        ...(['createdAt', 'channel', 'template', 'status', 'tries', 'nextTryAt', 'sentAt'] as const),
      ]),
  },
];

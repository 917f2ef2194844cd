import { validate as isUuid } from 'uuid';
import type { SessionRecord } from '../modules/operators/person-records.repository.js';
import type { Command } from './command.js';
import { credentialRevoker, operatorTargets, records, viewer } from './services.js';
import { table } from './table.js';

/** The sessions of people. */
export const SESSION_COMMANDS: Command[] = [
  {
    usage: 'session list <person>',
    summary: 'the open sessions; that somebody looked is recorded',
    explained: false,
    run: async (app, { operands: [whom = ''] }) => {
      const id = await (await operatorTargets(app)).personId(whom);
      return { sessions: await (await records(app)).listSessions(await viewer(), id) };
    },
    describe: ({ sessions }) =>
      table(sessions as SessionRecord[], [
        ...(['id', 'tenantId', 'address', 'createdAt', 'lastUsedAt', 'expiresAt'] as const),
        ...(['impersonatedBy', 'userAgent'] as const),
      ]),
  },
  {
    usage: 'session revoke <session>',
    summary: 'ends one session, by its id',
    explained: true,
    run: async (app, { operands: [id = ''], act }) => {
      if (!isUuid(id)) throw new (await import('../modules/operators/operators.errors.js')).SessionUnknown();
      await (await credentialRevoker(app)).endSession(id, act);
      return { changed: true };
    },
  },
];

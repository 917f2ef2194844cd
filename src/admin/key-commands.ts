import { createInterface } from 'node:readline';
import { validate as isUuid } from 'uuid';
import type { KeyRecord } from '../modules/operators/person-records.repository.js';
import type { Command } from './command.js';
import { credentialRevoker, operatorTargets, records, viewer } from './services.js';
import { list, table } from './table.js';

/** The API keys of people. */
export const KEY_COMMANDS: Command[] = [
  {
    usage: 'key list <person>',
    summary: 'the API keys, also those that no longer work; that somebody looked is recorded',
    explained: false,
    run: async (app, { operands: [whom = ''] }) => {
      const id = await (await operatorTargets(app)).personId(whom);
      return { keys: await (await records(app)).listKeys(await viewer(), id) };
    },
    describe: ({ keys }) =>
      table(keys as KeyRecord[], [
        ...(['id', 'tenantId', 'prefix', 'createdAt', 'lastUsedAt', 'expiresAt', 'revokedAt'] as const),
        ...(['name', 'scopes'] as const),
      ]),
  },
  {
    usage: 'key find',
    summary: 'whose a key is, by its whole text, which is read from standard input; that is recorded',
    explained: false,
    run: async (app) => ({ ...(await (await records(app)).findKey(await viewer(), await readLine())) }),
    describe: list,
  },
  {
    usage: 'key revoke <key>',
    summary: 'ends one API key, by its id',
    explained: true,
    run: async (app, { operands: [id = ''], act }) => {
      if (!isUuid(id)) throw new (await import('../modules/operators/operators.errors.js')).KeyUnknown();
      await (await credentialRevoker(app)).revokeKey(id, act);
      return { changed: true };
    },
  },
];

/** The first line of standard input: an argument would be in the history of the shell and the list of processes. */
async function readLine(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('The key: ');
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line.trim();
    return '';
  } finally {
    lines.close();
  }
}

import type { Limit } from '../modules/operators/limits.service.js';
import type { Command } from './command.js';
import { limits, viewer } from './services.js';
import { table } from './table.js';

/** What slows guesses down. */
export const LIMITS_COMMANDS: Command[] = [
  {
    usage: 'limits show <identifier>',
    summary: 'what slows guesses at an account down; that somebody looked is recorded',
    explained: false,
    run: async (app, { operands: [identifier = ''] }) => ({
      limits: await (await limits(app)).list(await viewer(), identifier),
    }),
    describe: (result) => table(result.limits as Limit[], ['kind', 'failures', 'blockedUntil'], 'Nothing.'),
  },
  {
    usage: 'limits lift <identifier>',
    summary: 'counts the failures of the identifier and of its account from zero',
    explained: true,
    run: async (app, { operands: [identifier = ''], act }) => {
      await (await limits(app)).lift(identifier, act);
      return { changed: true };
    },
  },
];

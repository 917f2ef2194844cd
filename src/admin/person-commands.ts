import { OperatorTargets } from '../modules/operators/operator-targets.service.js';
import { PersonSignOutService } from '../modules/operators/person-sign-out.service.js';
import { SecondFactorRemovalService } from '../modules/operators/second-factor-removal.service.js';
import type { Command, Result } from './command.js';

const countSessions = ({ sessions }: Result): string => `Done: ${Number(sessions)} sessions ended.\n`;

/** What operators do to a person. */
export const PERSON_COMMANDS: Command[] = [
  {
    usage: 'person sign-out <person>',
    summary: 'ends sessions, trusted devices, API keys, links and codes',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).personId(whom);
      return { changed: true, ...(await app.get(PersonSignOutService).signOut(id, act)) };
    },
    describe: countSessions,
  },
  {
    usage: 'person remove-second-factor <person>',
    summary: 'for a person who lost it and whom you have identified',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).personId(whom);
      return { changed: true, ...(await app.get(SecondFactorRemovalService).remove(id, act)) };
    },
    describe: countSessions,
  },
];

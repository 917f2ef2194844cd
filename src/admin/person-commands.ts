import { OperatorTargets } from '../modules/operators/operator-targets.service.js';
import { PersonBlockService } from '../modules/operators/person-block.service.js';
import { PersonSignOutService } from '../modules/operators/person-sign-out.service.js';
import { SecondFactorRemovalService } from '../modules/operators/second-factor-removal.service.js';
import { type Command, type Result, UNCHANGED } from './command.js';

const countSessions = ({ changed, sessions }: Result): string =>
  changed === false ? UNCHANGED : `Done: ${Number(sessions)} sessions ended.\n`;

/** What operators do to a person. */
export const PERSON_COMMANDS: Command[] = [
  {
    usage: 'person block <person>',
    summary:
      'from now on nothing of the account works, at any contract; sessions, codes and links have ended',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).personId(whom);
      return { ...(await app.get(PersonBlockService).block(id, act)) };
    },
    describe: countSessions,
  },
  {
    usage: 'person unblock <person>',
    summary: 'undoes it: password, second factor, API keys and invitations work again',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await app.get(OperatorTargets).personId(whom);
      return { changed: await app.get(PersonBlockService).unblock(id, act) };
    },
  },
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

import { type Command, type Result, UNCHANGED } from './command.js';
import { operatorTargets, personBlock, personSignOut, secondFactorRemoval } from './services.js';

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
      const id = await (await operatorTargets(app)).personId(whom);
      return { ...(await (await personBlock(app)).block(id, act)) };
    },
    describe: countSessions,
  },
  {
    usage: 'person unblock <person>',
    summary: 'undoes it: password, second factor, API keys and invitations work again',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).personId(whom);
      return { changed: await (await personBlock(app)).unblock(id, act) };
    },
  },
  {
    usage: 'person sign-out <person>',
    summary: 'ends sessions, trusted devices, API keys, links and codes',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).personId(whom);
      return { changed: true, ...(await (await personSignOut(app)).signOut(id, act)) };
    },
    describe: countSessions,
  },
  {
    usage: 'person remove-second-factor <person>',
    summary: 'for a person who lost it and whom you have identified',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).personId(whom);
      return { changed: true, ...(await (await secondFactorRemoval(app)).remove(id, act)) };
    },
    describe: countSessions,
  },
];

import type { PersonRecord } from '../modules/operators/person-records.repository.js';
import { type Command, type Result, UNCHANGED } from './command.js';
import {
  operatorTargets,
  personBlock,
  personHelp,
  personSignOut,
  records,
  secondFactorRemoval,
  viewer,
} from './services.js';
import { list, table } from './table.js';

const countSessions = ({ changed, sessions }: Result): string =>
  changed === false ? UNCHANGED : `Done: ${Number(sessions)} sessions ended.\n`;

/** People, and what operators do to them. */
export const PERSON_COMMANDS: Command[] = [
  {
    usage: 'person show <person>',
    summary: 'with the memberships; that somebody looked is recorded',
    explained: false,
    run: async (app, { operands: [whom = ''] }) => ({
      ...(await (await records(app)).findPerson(await viewer(), whom)),
    }),
    describe: (result) => {
      const { memberships, ...person } = result as unknown as PersonRecord;
      const theirs = table(memberships, ['tenantId', 'slug', 'role', 'status', 'name'], 'In no tenant.');
      return `${list(person)}\n${theirs}`;
    },
  },
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
  {
    usage: 'person resend-verification <person>',
    summary: 'sends the link that verifies the e-mail address again',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).personId(whom);
      const retryAfter = await (await personHelp(app)).resendVerification(id, act);
      if (retryAfter !== null) process.exitCode = 1;
      return { changed: retryAfter === null, sent: retryAfter === null, retryAfter };
    },
    describe: ({ sent, retryAfter }) =>
      sent === true
        ? 'Done.\n'
        : `Not sent: the limits of messages are exceeded. Try again in ${Number(retryAfter)} seconds.\n`,
  },
  {
    usage: 'person restore <person>',
    summary:
      'calls the deletion of the account off; sessions and API keys that ended with it do not come back',
    explained: true,
    run: async (app, { operands: [whom = ''], act }) => {
      const id = await (await operatorTargets(app)).personId(whom);
      return { changed: await (await personHelp(app)).restore(id, act) };
    },
  },
];

import type { ListedOperator } from '../modules/operator-accounts/operators.repository.js';
import type { Command, Order, Result } from './command.js';
import { operatorAccounts } from './services.js';

const enrolment = ({ enrolmentToken }: Result): string =>
  `Done. Give the operator this token, which works once and for a day (docs/operators.md):\n${String(enrolmentToken)}\n`;

const ALLOW = { allow: { type: 'string', multiple: true } } as const;
const allowed = ({ options }: Order): string[] => (options.allow ?? []) as string[];

/** Who may sign in at the platform's contract. */
export const OPERATOR_COMMANDS: Command[] = [
  {
    usage: 'operator create <email>',
    summary:
      'who may sign in at /platform, with --allow for each block of addresses; prints a one-time token',
    explained: false,
    options: ALLOW,
    run: async (app, order) => {
      const [email = ''] = order.operands;
      return {
        changed: true,
        enrolmentToken: await (await operatorAccounts(app)).create(email, allowed(order)),
      };
    },
    describe: enrolment,
  },
  {
    usage: 'operator allow <email>',
    summary: 'replaces the blocks of addresses: those of --allow, and no others, from the next request on',
    explained: false,
    options: ALLOW,
    run: async (app, order) => {
      const [email = ''] = order.operands;
      return { changed: await (await operatorAccounts(app)).allow(email, allowed(order)) };
    },
  },
  {
    usage: 'operator list',
    summary: 'all operators, with their status and the addresses from which they may sign in',
    explained: false,
    run: async (app) => ({ operators: await (await operatorAccounts(app)).list() }),
    describe: ({ operators }) =>
      (operators as ListedOperator[])
        .map(({ email, status, allowedAddresses }) => `${email}  ${status}  ${allowedAddresses.join(',')}\n`)
        .join(''),
  },
  {
    usage: 'operator disable <email>',
    summary: 'ends the sessions of the operator at once, and admits no other one',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: await (await operatorAccounts(app)).disable(email),
    }),
  },
  {
    usage: 'operator enable <email>',
    summary: 'undoes it',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: await (await operatorAccounts(app)).enable(email),
    }),
  },
  {
    usage: 'operator reset-password <email>',
    summary: 'voids the password; prints a one-time token to set another one',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: true,
      enrolmentToken: await (await operatorAccounts(app)).resetPassword(email),
    }),
    describe: enrolment,
  },
  {
    usage: 'operator reset-second-factor <email>',
    summary: 'voids the authenticator; prints a one-time token to set up another one',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: true,
      enrolmentToken: await (await operatorAccounts(app)).resetSecondFactor(email),
    }),
    describe: enrolment,
  },
];

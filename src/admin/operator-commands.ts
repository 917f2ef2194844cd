import { OperatorAccountsService } from '../modules/operator-accounts/operator-accounts.service.js';
import type { Command, Result } from './command.js';

const enrolment = ({ enrolmentToken }: Result): string =>
  `Done. Give the operator this token, which works once and for a day (docs/operators.md):\n${String(enrolmentToken)}\n`;

/** Who may sign in at the platform's contract. */
export const OPERATOR_COMMANDS: Command[] = [
  {
    usage: 'operator create <email>',
    summary:
      'who may sign in at /platform, with --allow for each block of addresses; prints a one-time token',
    explained: false,
    options: { allow: { type: 'string', multiple: true } },
    run: async (app, { operands: [email = ''], options }) => {
      const allow = (options.allow ?? []) as string[];
      return { changed: true, enrolmentToken: await app.get(OperatorAccountsService).create(email, allow) };
    },
    describe: enrolment,
  },
  {
    usage: 'operator list',
    summary: 'all operators, with their status and the addresses from which they may sign in',
    explained: false,
    run: async (app) => ({ operators: await app.get(OperatorAccountsService).list() }),
    describe: ({ operators }) =>
      (operators as Awaited<ReturnType<OperatorAccountsService['list']>>)
        .map(({ email, status, allowedAddresses }) => `${email}  ${status}  ${allowedAddresses.join(',')}\n`)
        .join(''),
  },
  {
    usage: 'operator disable <email>',
    summary: 'ends the sessions of the operator at once, and admits no other one',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: await app.get(OperatorAccountsService).disable(email),
    }),
  },
  {
    usage: 'operator enable <email>',
    summary: 'undoes it',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: await app.get(OperatorAccountsService).enable(email),
    }),
  },
  {
    usage: 'operator reset-password <email>',
    summary: 'voids the password; prints a one-time token to set another one',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: true,
      enrolmentToken: await app.get(OperatorAccountsService).resetPassword(email),
    }),
    describe: enrolment,
  },
  {
    usage: 'operator reset-second-factor <email>',
    summary: 'voids the authenticator; prints a one-time token to set up another one',
    explained: false,
    run: async (app, { operands: [email = ''] }) => ({
      changed: true,
      enrolmentToken: await app.get(OperatorAccountsService).resetSecondFactor(email),
    }),
    describe: enrolment,
  },
];

import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import { UsageError } from '../boot/run-command.js';
import type { OperatorAct } from '../modules/operators/operator-act.js';

/** What a command reports: `changed` is false where it was so already. Printed as it is by `--json`. */
export type Result = Record<string, unknown> & { changed?: boolean };

/** The arguments of one command. */
export interface Order {
  /** One for each `<name>` of the command's usage. */
  operands: string[];
  /** Empty texts for a command that is not `explained`. */
  act: OperatorAct;
  /** The values of the command's own options. */
  options: Record<string, unknown>;
  json: boolean;
}

/** One command of `npm run admin`. */
export interface Command {
  /** Its words, then its operands in angle brackets: `tenant suspend <tenant>`. */
  usage: string;
  summary: string;
  /** Whether it wants `--reason` and `--reference`. */
  explained: boolean;
  options?: NonNullable<ParseArgsConfig['options']>;
  /** Throws UsageError for values of the options that are wrong or do not go together. */
  check?: (options: Record<string, unknown>) => void;
  run?: (app: INestApplicationContext, order: Order) => Promise<Result>;
  /** Instead of `run`, for a command that opens the database itself, if at all. */
  runAlone?: (order: Order) => Promise<Result>;
  /** The result for a terminal. Default: done, or that nothing changed. */
  describe?: (result: Result) => string;
}

const EXPLANATION = { reason: { type: 'string' }, reference: { type: 'string' } } as const;

export const UNCHANGED = 'It was so already: nothing changed.\n';

/** The command that the arguments name, and its order. Throws UsageError, which says what is wrong. */
export function parseOrder(commands: readonly Command[], args: string[]): { command: Command; order: Order } {
  const command = commands.find(({ usage }) => wordsOf(usage).every((word, place) => args[place] === word));
  if (!command)
    throw new UsageError(args.length === 0 ? 'Name a command.' : `There is no command ${args.join(' ')}`);
  const { values, positionals: operands } = parseOptions(command, args.slice(wordsOf(command.usage).length));
  const { reason, reference, json, ...options } = values;
  const isExplained = typeof reason === 'string' && typeof reference === 'string';
  if (operands.length !== operandsOf(command.usage).length || operands.includes(''))
    throw new UsageError(`It is: ${command.usage}`);
  if (command.explained && !isExplained)
    throw new UsageError(`${wordsOf(command.usage).join(' ')} wants --reason and --reference.`);
  command.check?.(options);
  const act = isExplained ? { reason, reference } : { reason: '', reference: '' };
  return { command, order: { operands, act, options, json: json === true } };
}

function parseOptions({ options, explained }: Command, args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, ...options, ...(explained ? EXPLANATION : {}) },
    });
    return { values: values as Record<string, unknown>, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const wordsOf = (usage: string): string[] => usage.split(' ').filter((part) => !part.startsWith('<'));
const operandsOf = (usage: string): string[] => usage.split(' ').filter((part) => part.startsWith('<'));

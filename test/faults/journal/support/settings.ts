import { FAULT_KINDS, type FaultKind } from './faults.js';

/** A process, PostgreSQL, its connections and a service end: one of each in `npm test`. */
const QUICK_KINDS: readonly FaultKind[] = ['kill', 'database-immediate', 'connections', 'redis-freeze'];

/** As `npm run test:faults` sets them from its options. */
export interface FaultSettings {
  seed: number;
  /** Faults, one after the other; with `minutes`, as many as there is time for. */
  rounds: number;
  minutes: number | undefined;
  kinds: readonly FaultKind[];
  /** Revocations that are tried at another server; none in `npm test`. */
  revocations: number;
  /** Suspended tenants, blocked people and disabled operators, in turn. */
  suspensions: number;
  /** Of each server behind nginx. */
  restarts: number;
  /** Of SECRET_KEY; none in `npm test`. */
  rotations: number;
}

const SEED = 20261126;

export function readFaultSettings(env: NodeJS.ProcessEnv = process.env): FaultSettings {
  const { FAULTS_SEED, FAULTS_ROUNDS, FAULTS_MINUTES, FAULTS_KINDS } = env;
  const rounds = integer('--rounds', FAULTS_ROUNDS);
  const all = rounds === undefined ? QUICK_KINDS : FAULT_KINDS;
  const kinds = FAULTS_KINDS ? FAULTS_KINDS.split(',').map(kindOf) : all;
  return {
    seed: integer('--seed', FAULTS_SEED) ?? SEED,
    rounds: rounds ?? kinds.length,
    minutes: integer('--minutes', FAULTS_MINUTES),
    kinds,
    revocations: rounds ?? 0,
    suspensions: rounds ?? 3,
    restarts: rounds ?? 1,
    rotations: rounds ?? 0,
  };
}

function kindOf(name: string): FaultKind {
  const kind = FAULT_KINDS.find((one) => one === name);
  if (!kind) throw new Error(`--kinds has ${name}, which is none of ${FAULT_KINDS.join(', ')}`);
  return kind;
}

function integer(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is ${text}, and should be a whole number`);
  return Number(text);
}

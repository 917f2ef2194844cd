import { FAULT_KINDS, type FaultKind } from './faults.js';

/** As `npm run test:faults` sets them from its options. */
export interface FaultSettings {
  seed: number;
  /** Faults, one after the other; with `minutes`, as many as there is time for. */
  rounds: number;
  minutes: number | undefined;
  kinds: readonly FaultKind[];
  /** Revocations that are tried at another server. */
  revocations: number;
  /** Suspended tenants, blocked people and disabled operators, in turn. */
  suspensions: number;
  restarts: number;
  /** Of SECRET_KEY; none in `npm test`. */
  rotations: number;
}

const SEED = 20261126;

export function readFaultSettings(env: NodeJS.ProcessEnv = process.env): FaultSettings {
  const { FAULTS_SEED, FAULTS_ROUNDS, FAULTS_MINUTES, FAULTS_KINDS } = env;
  const rounds = integer('--rounds', FAULTS_ROUNDS);
  const kinds = FAULTS_KINDS ? FAULTS_KINDS.split(',').map(kindOf) : FAULT_KINDS;
  return {
    seed: integer('--seed', FAULTS_SEED) ?? SEED,
    rounds: rounds ?? FAULT_KINDS.length,
    minutes: integer('--minutes', FAULTS_MINUTES),
    kinds,
    revocations: rounds ?? 20,
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

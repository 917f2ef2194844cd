import { execFile } from 'node:child_process';

export interface Case {
  id: string;
  area: string;
  title: string;
  recalls: string;
  expected: string;
  /** The report about the issue with this behaviour. */
  since?: string;
  budget?: number;
  alone?: boolean;
}

export interface CaseOutcome extends Case {
  outcome: 'refused' | 'got through' | 'not tried';
  seen: string;
  brokeOff?: true;
}

export interface AttackReport {
  target: string;
  outcomes: CaseOutcome[];
  counts: Record<'tried' | 'refused' | 'gotThrough' | 'notTried' | 'brokeOff', number>;
  left: string[];
}

export interface Ended {
  code: number;
  out: string;
  complaint: string;
}

/** `npm run attack`, as an operator runs it: in a process of its own, with these arguments and no terminal. */
export function runPack(args: string[], environment: Record<string, string> = {}): Promise<Ended> {
  const options = {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/attack/main.js', ...args], options, (error, out, complaint) => {
      resolve({ code: error ? Number(error.code) : 0, out, complaint });
    });
  });
}

/** The report of a run against this origin. Throws if there is none. */
export async function attack(
  origin: string,
  args: string[] = [],
  environment: Record<string, string> = {},
): Promise<AttackReport & { code: number }> {
  const ended = await runPack(['--target', origin, '--wait', '0', '--json', ...args], environment);
  if (!ended.out.startsWith('{'))
    throw new Error(`The pack ended with ${ended.code}: ${ended.out}${ended.complaint}`);
  return { ...(JSON.parse(ended.out) as AttackReport), code: ended.code };
}

/** Every case of the pack. */
export async function listCases(): Promise<Case[]> {
  return JSON.parse((await runPack(['--list', '--json'])).out) as Case[];
}

/** As the report prints it, to explain a failed test. */
export function linesOf(outcomes: CaseOutcome[]): string[] {
  return outcomes.map(
    ({ outcome, id, title, expected, seen }) =>
      `${outcome}: ${id}: ${title} (expected: ${expected}; seen: ${seen})`,
  );
}

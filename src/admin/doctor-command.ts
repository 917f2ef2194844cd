import type { Command, Result } from './command.js';
import type { Finding } from './doctor/finding.js';

const WIDTH = 20;

/** Exits with 1 if anything failed. */
export const DOCTOR: Command = {
  usage: 'doctor',
  summary: 'examines what a server depends on, and says what to do about each fault',
  explained: false,
  runAlone: async () => {
    const { examine } = await import('./doctor/examine.js');
    const findings = await examine(process.env);
    const isHealthy = findings.every(({ result }) => result !== 'FAIL');
    if (!isHealthy) process.exitCode = 1;
    return { isHealthy, findings };
  },
  describe: ({ findings }: Result) => (findings as Finding[]).map(print).join(''),
};

function print({ check, result, detail, remedy }: Finding): string {
  const action = remedy === undefined ? '' : `\n${' '.repeat(WIDTH + 6)}${remedy}`;
  return `${result.padEnd(5)} ${check.padEnd(WIDTH)}${detail}${action}\n`;
}

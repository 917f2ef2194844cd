import { spawnSync } from 'node:child_process';

/**
 * `it` where this command succeeds, and `it.skip` where the machine lacks the program: for the few claims that only a
 * foreign program can prove. What needs nothing but Node is also tested without it.
 */
export function whereInstalled(program: string, ...options: string[]): jest.It {
  return isInstalled(program, options) ? it : it.skip;
}

/** As `whereInstalled`, for tests that set the program up together. */
export function describeWhereInstalled(program: string, ...options: string[]): jest.Describe {
  return isInstalled(program, options) ? describe : describe.skip;
}

/** As `describeWhereInstalled`, for tests that need several programs. */
export function whereAllInstalled(commands: string[][]): jest.Describe {
  const all = commands.every(([program = '', ...options]) => isInstalled(program, options));
  return all ? describe : describe.skip;
}

function isInstalled(program: string, options: string[]): boolean {
  return spawnSync(program, options).status === 0;
}

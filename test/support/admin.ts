import { runProgram } from './programs.js';
import type { Server } from './server.js';

/** What a command of `npm run admin` prints with --json. Throws an error with its code where it is refused. */
export async function adminResult(args: string[], server: Server): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runProgram('admin', [...args, '--json'], server);
  if (code !== 0) throw new Error(`admin ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/**
 * $1 the cluster, $2 the signal for its PostgreSQL, $3 a folder to delete at the end, or nothing. Its input names the
 * process that runs, `none` after that has stopped, and ends with the server. A process that does not stop is left alone
 * after a minute.
 */
const SCRIPT = `
trap '' HUP INT TERM
pid=none
while read -r line; do pid=$line; done
if [ "$pid" != none ] && kill -s "$2" "$pid" 2>/dev/null; then
  looks=600
  while [ "$looks" -gt 0 ] && [ -e "$1/postmaster.pid" ] && kill -s 0 "$pid" 2>/dev/null; do
    sleep 0.1
    looks=$((looks - 1))
  done
fi
if [ -n "$3" ]; then rm -rf -- "$3"; fi
`;

/**
 * Stops PostgreSQL once this process has ended, however it did: the kernel then closes the pipe to this shell. In a process
 * group of its own, so that Ctrl-C in a terminal does not reach it.
 */
export class Watchdog {
  private constructor(
    private readonly shell: ChildProcess,
    private readonly input: Socket,
  ) {}

  /** A folder to delete is deleted in any case, also after `end`; its PostgreSQL then stops without saving anything. */
  static start(cluster: string, deleted: string | null): Watchdog {
    const args = [cluster, deleted === null ? 'INT' : 'QUIT', deleted ?? ''];
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'gatehouse-watchdog', ...args], {
      cwd: '/',
      env: { PATH: process.env.PATH },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const input = shell.stdin as Socket;
    // Somebody ended it: then the next start on this data directory stops PostgreSQL
    for (const source of [shell, input]) source.on('error', () => undefined);
    shell.unref();
    input.unref();
    return new Watchdog(shell, input);
  }

  /** In the same turn as the start of the process, so that no end of this one comes in between. */
  guard(pid: number | undefined): void {
    if (pid !== undefined) this.input.write(`${pid}\n`);
  }

  /** PostgreSQL has stopped. Resolves when the folder is deleted. */
  async end(): Promise<void> {
    if (this.shell.exitCode !== null || this.shell.signalCode !== null || this.shell.pid === undefined)
      return;
    const exited = once(this.shell, 'exit');
    this.shell.ref();
    this.input.end('none\n');
    await exited;
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Exit } from '../server.js';

/** The user of Node's images. */
const USERS: Record<string, number> = { node: 1000 };

/** Where `node` and `npm` are in a container. */
const NODE = '/opt/bin';

export interface ContainerOptions {
  /** Folders and files of the container and where they are on this machine: all read-only. */
  mounts: Record<string, string>;
  workdir: string;
  environment: Record<string, string>;
  /** Of the image; the user with this name runs the command. */
  user: string;
  /** Writable folders, empty at the start. */
  tmpfs: string[];
  logFile: string;
}

/**
 * A command with the view of a container: a file system of its own that it cannot write, an unprivileged user without
 * capabilities, and process 1. It shares the network of this machine. bubblewrap stands in for a container engine.
 */
export class Container {
  private constructor(
    private readonly child: ChildProcess,
    /** Of its process 1, on this machine. */
    private readonly pid: number,
    private readonly logFile: string,
  ) {}

  static async start(command: string[], options: ContainerOptions): Promise<Container> {
    const log = openSync(options.logFile, 'a');
    const child = spawn('bwrap', [...isolation(options), ...asUser(options.user), ...command], {
      stdio: ['ignore', log, log, 'pipe'],
    });
    closeSync(log);
    writeFileSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'pids', String(child.pid)), '');
    const { 'child-pid': pid } = JSON.parse(await text(child.stdio[3] as Readable)) as {
      'child-pid': number;
    };
    return new Container(child, pid, options.logFile);
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Sends SIGTERM to process 1, as `docker stop` does, and returns how it ended. */
  stop(): Promise<Exit> {
    process.kill(this.pid, 'SIGTERM');
    return this.ended();
  }

  async ended(): Promise<Exit> {
    if (!this.hasEnded) await once(this.child, 'close');
    return { code: this.child.exitCode, signal: this.child.signalCode, output: this.log };
  }
}

function isolation({ mounts, workdir, environment, tmpfs }: ContainerOptions): string[] {
  const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
  const readOnly = {
    '/usr': '/usr',
    '/bin': '/bin',
    '/lib': '/lib',
    '/lib64': '/lib64',
    [`${NODE}/node`]: process.execPath,
    '/opt/npm': npm,
    ...mounts,
  };
  const variables = { PATH: `${NODE}:/usr/sbin:/usr/bin:/bin`, HOME: '/home/node', ...environment };
  return [
    ...Object.entries(readOnly).flatMap(([to, from]) => ['--ro-bind-try', from, to]),
    ...['--symlink', '/opt/npm/bin/npm-cli.js', `${NODE}/npm`, '--proc', '/proc', '--dev', '/dev'],
    ...tmpfs.flatMap((folder) => ['--perms', '1777', '--tmpfs', folder]),
    ...['--remount-ro', '/', '--unshare-pid', '--as-pid-1', '--die-with-parent', '--info-fd', '3'],
    ...['--chdir', workdir, '--clearenv'],
    ...Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

/** Root becomes the user by a system call, anybody else by a namespace in which that is the own one. */
function asUser(name: string): string[] {
  const id = String(USERS[name] ?? NaN);
  if (process.getuid?.() !== 0) return ['--unshare-user', '--uid', id, '--gid', id];
  const become = ['setpriv', '--reuid', id, '--regid', id, '--clear-groups', '--bounding-set=-all'];
  const toBecome = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((right) => ['--cap-add', right]);
  return ['--cap-drop', 'ALL', ...toBecome, ...become, '--no-new-privs'];
}

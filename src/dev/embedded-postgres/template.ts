import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { locatePrograms } from './programs.js';
import { versionOf } from './programs-copy.js';

const UNUSED_MS = 7 * 86_400_000;
/** What the server that built the template has left, and no copy needs. */
const OF_ITS_SERVER = ['postgres.log', 'postgres.owner'];

/**
 * The folder of a data directory to copy, which `build` makes once for this key. It is kept in the user's cache
 * (XDG_CACHE_HOME), or in `otherwise` where that cannot be written to. Programs that build at once do not disturb each other.
 */
export async function findTemplate(
  key: string,
  otherwise: string,
  build: (dataDir: string) => Promise<void>,
): Promise<string> {
  const cache = openCache() ?? join(otherwise, 'template');
  const template = join(cache, key);
  if (!existsSync(template)) await store(template, build);
  const now = new Date();
  utimesSync(template, now, now);
  return template;
}

/** Copies the files with their owners. */
export async function copyTemplate(template: string, dataDir: string): Promise<void> {
  await promisify(execFile)('cp', ['-Rp', `${template}/.`, dataDir]);
}

/**
 * Changes with what the template is made of: these texts, the files beside this one, and the PostgreSQL, the machine and the
 * user whose it is.
 */
export function templateKey(file: string, ...texts: string[]): string {
  const folder = dirname(file);
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const hash = createHash('sha256');
  const owner = `${process.geteuid?.()} ${process.platform} ${process.arch}`;
  for (const text of [
    owner,
    versionOf(locatePrograms()),
    ...texts,
    ...names.sort().map((name) => name + readFileSync(join(folder, name), 'utf8')),
  ]) {
    hash.update(text).update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

function openCache(): string | null {
  try {
    const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gatehouse');
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    // Only of this user: the rows and the password of the database come from here
    const { uid, mode } = statSync(cache);
    return uid === process.geteuid?.() && (mode & 0o022) === 0 ? cache : null;
  } catch {
    return null;
  }
}

/** Under its name only when it is complete. */
async function store(template: string, build: (dataDir: string) => Promise<void>): Promise<void> {
  const cache = dirname(template);
  mkdirSync(cache, { recursive: true });
  removeUnused(cache);
  const unfinished = mkdtempSync(`${template}.unfinished-`);
  try {
    await build(unfinished);
    for (const name of OF_ITS_SERVER) rmSync(join(unfinished, name), { force: true });
    renameSync(unfinished, template);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(template)) throw error; // Else another program was faster
  }
}

function removeUnused(cache: string): void {
  for (const name of readdirSync(cache)) {
    const { mtimeMs } = statSync(join(cache, name), { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== undefined && mtimeMs < Date.now() - UNUSED_MS)
      rmSync(join(cache, name), { recursive: true, force: true });
  }
}

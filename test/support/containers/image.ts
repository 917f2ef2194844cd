import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readStages, type Stage, type Step } from './dockerfile.js';

/** What the Dockerfile makes, as a folder: the files of its last stage and how they are started. */
export interface Image extends Pick<Stage, 'workdir' | 'environment' | 'user' | 'command' | 'healthcheck'> {
  /** Contains `workdir`. */
  root: string;
}

/**
 * Runs the steps of the Dockerfile in a folder, on the Node and the packages of this checkout: `npm ci` is a copy of
 * `node_modules`, because tests have no network.
 */
export function buildImage(folder: string): Image {
  const roots = new Map<string | null, string>();
  let built: Image | undefined;
  for (const [index, stage] of readStages().entries()) {
    const root = join(folder, stage.name ?? String(index));
    roots.set(stage.name, root);
    mkdirSync(join(root, stage.workdir), { recursive: true });
    for (const step of stage.steps) take(step, join(root, stage.workdir), roots);
    built = { ...stage, root };
  }
  if (!built) throw new Error('The Dockerfile has no stage');
  return built;
}

function take(step: Step, workdir: string, roots: Map<string | null, string>): void {
  if (step.kind === 'copy') {
    const context = step.from === null ? process.cwd() : roots.get(step.from);
    if (!context) throw new Error(`There is no stage ${step.from}`);
    for (const source of step.sources) {
      const to = step.to.endsWith('/') ? join(workdir, step.to, basename(source)) : join(workdir, step.to);
      cpSync(join(context, source), to, { recursive: true, verbatimSymlinks: true });
    }
  } else if (step.command === 'npm ci') {
    installPackages(workdir);
  } else {
    execFileSync('sh', ['-c', step.command], { cwd: workdir, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

/** Links where the file system can: npm replaces or removes files, except for the list of what is installed. */
function installPackages(workdir: string): void {
  const to = join(workdir, 'node_modules');
  if (spawnSync('cp', ['-al', 'node_modules', to]).status !== 0) {
    rmSync(to, { recursive: true, force: true });
    execFileSync('cp', ['-a', 'node_modules', to]);
  }
  const list = join('node_modules', '.package-lock.json');
  rmSync(join(workdir, list));
  copyFileSync(list, join(workdir, list));
}

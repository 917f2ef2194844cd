import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['better-auth@1', '@better-auth/api-key@1', 'pg@8'];

/**
 * Installs Better Auth into the folder, and its server beside it, so that this finds the packages. Needs the npm
 * registry. Returns its version.
 */
export function installPeer(folder) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // The plug-in for API keys names exact versions of packages that the newest Better Auth has left behind
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...PACKAGES], { cwd: folder, stdio: ['ignore', 2, 2] });
  copyFileSync(new URL('./server.mjs', import.meta.url), join(folder, 'server.mjs'));
  const manifest = join(folder, 'node_modules/better-auth/package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

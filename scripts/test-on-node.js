import { spawnSync } from 'node:child_process';

/*
 * `npm run test:node -- 24 [jest options]`: builds, and runs the tests on another major version of Node, which npm
 * fetches as the package `node`. Without options, all tests run.
 */
const [version, ...options] = process.argv.slice(2);
if (!/^\d+$/.test(version ?? '')) {
  process.stderr.write('Usage: npm run test:node -- <major version of Node> [jest options]\n');
  process.exit(64);
}
const jest = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  ...options,
];
const run = (...args) => spawnSync('npm', args, { stdio: 'inherit' }).status ?? 1;
const onNode = ['exec', '--yes', `--package=node@${version}`, '--', 'node'];
process.exitCode =
  run('run', '--silent', 'build:changes') ||
  run(...onNode, '--print', '"Node " + process.version') ||
  run(...onNode, ...jest);
